"""Texts that stand where a mark should and are none: what a spreadsheet made of it, or a line that counts rows."""

import re
from typing import Final

from hotlists.importers.mapping import COLUMN_OF_HEADING, plain_header

_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
ROW_THAT_COUNTS: Final = "the row counts or ends the list and holds no VRM"
_REASONS: Final = {
    "date": "the VRM is a date, which a spreadsheet made of it: format its column as text and type it again",
    "number": "the VRM is a number that a spreadsheet rounded: format its column as text and type it again",
    "truth": "the VRM is TRUE or FALSE, which a spreadsheet made of it: format its column as text and type it again",
    "count": ROW_THAT_COUNTS,
}
_SPOILT: Final = re.compile(
    rf"""^[ \t'"]*(?:
      (?P<date>
        \d{{1,2}}-{_MONTH}(?:-\d\d(?:\d\d)?)? | {_MONTH}-\d\d
      | \d{{4}}-\d\d-\d\d(?:[ T][\d:.]+)? | \d{{1,2}}/\d{{1,2}}/\d\d(?:\d\d)?(?:[ ][\d:.]+)? | \d{{1,2}}\.\d{{1,2}}\.\d{{4}}
      )
    | (?P<number>\d(?:[.,]\d+)?E\+\d+)
    | (?P<truth>TRUE|FALSE)
    | (?P<count>
        (?:\d[\d,]*[ ]+(?:row|record|entr|vehicle|vrm|mark|plate|item|result)[a-z]*(?:[ ].*)? )
      | (?:grand[ ])?total(?:s|\b[ :=].*)? | (?:number|count)[ ]of[ ].* | end[ ]of[ ].* | page[ ]\d.* | [-=_*]{{3,}}
      )
    )[ \t'"]*$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE | re.ASCII,
)

HEADINGS_AS_MARKS: Final = frozenset(name.upper() for name, column in COLUMN_OF_HEADING.items() if column == "vrm")
"""What becomes of the VRM's headings where they are cleaned as a mark is."""


def any_spoilt(marks: str) -> bool:
    """Return whether any line of a text of many marks, one a line, is spoilt."""
    return _SPOILT.search(marks) is not None


def why_spoilt(mark: str) -> str:
    """Return why a text is no mark, as a reason for a reject; empty when nothing is wrong with it."""
    match = _SPOILT.fullmatch(mark)
    if match is not None and match.lastgroup is not None:
        return _REASONS[match.lastgroup]
    return "the row repeats the headings" if COLUMN_OF_HEADING.get(plain_header(mark)) == "vrm" else ""
