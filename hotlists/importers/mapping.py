"""Tables with a header: which of their columns is which of ours, from a configured mapping or by common names."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

from anpr.errors import ConfigError, ImportRefused
from hotlists.columns import HEADER_NAMES, POLICE_COLUMNS
from hotlists.importers.options import FoundColumn, ReadOptions
from hotlists.importers.raw import RawBatch

_LONGEST_SHOWN: Final = 60


def load_mapping(path: Path, name: str) -> dict[str, str]:
    """Return the mapping `name` of a TOML file: our column = header in the file; raises ConfigError.

    Example: `[insurance]`, `vrm = "Registration"`, `weed_date = "Valid until"`.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the mapping file {path} cannot be read ({error.strerror}): check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the mapping file {path} is not valid TOML ({error}): correct it") from error
    table = tables.get(name)
    if not isinstance(table, dict):
        known = ", ".join(sorted(tables)) or "none"
        raise ConfigError(f"the mapping file {path} has no table [{name}] (it has: {known}): add it or name another")
    mapping: dict[str, str] = {}
    for column, header in table.items():
        if column not in POLICE_COLUMNS or not isinstance(header, str):
            raise ConfigError(
                f"the mapping [{name}] in {path} sets {column!r}, which is no column: use {', '.join(POLICE_COLUMNS)}"
            )
        mapping[column] = header
    if "vrm" not in mapping:
        raise ConfigError(f'the mapping [{name}] in {path} does not say which header is the vrm: add vrm = "…"')
    return mapping


def plain_header(text: str) -> str:
    """Return a heading in the form in which headings are compared: its letters and digits in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


COLUMN_OF_HEADING: Final = {plain_header(name): column for column, names in HEADER_NAMES.items() for name in names}
"""Our column for each common heading, as `plain_header` gives it."""


def looks_like_header(cells: Sequence[str], options: ReadOptions | None = None) -> bool:
    """Return whether the cells hold the heading of the VRM: the one that was named, or a common one."""
    named = _named_vrm(options)
    if named is not None:
        return any(plain_header(cell) == plain_header(named) for cell in cells)
    return any(COLUMN_OF_HEADING.get(plain_header(cell)) == "vrm" for cell in cells)


def columns_of(header: Sequence[str], options: ReadOptions, where: str) -> list[int | None]:
    """Return for each of our columns its place in the header, None where it is not there.

    Raises ImportRefused when a configured heading, or any heading of the VRM, is missing.
    """
    places = {plain_header(cell): index for index, cell in reversed(list(enumerate(header)))}
    chosen: list[int | None] = []
    for column in POLICE_COLUMNS:
        wanted = options.named.get(column) or (options.mapping or {}).get(column)
        if wanted is not None:
            place = places.get(plain_header(wanted))
            if place is None:
                raise ImportRefused(f"{where} has no column headed {wanted!r}: correct the mapping of {column}")
        elif options.mapping is not None:
            place = None
        else:
            names = (plain_header(name) for name in HEADER_NAMES[column])
            place = next((places[name] for name in names if name in places), None)
        chosen.append(place)
    if chosen[0] is None:
        raise ImportRefused(
            f"{where} has no column that is known as the VRM: name its heading with --column vrm=HEADING, or in a mapping"
        )
    return chosen


def found_columns(header: Sequence[str], places: Sequence[int | None]) -> tuple[FoundColumn, ...]:
    """Return what each column of the file was taken as."""
    ours = {place: column for column, place in zip(POLICE_COLUMNS, places, strict=True) if place is not None}
    return tuple(
        FoundColumn(place + 1, heading.strip()[:_LONGEST_SHOWN], ours.get(place))
        for place, heading in enumerate(header)
    )


def _named_vrm(options: ReadOptions | None) -> str | None:
    if options is None:
        return None
    return options.named.get("vrm") or (options.mapping or {}).get("vrm")


def mapped(batches: Iterable[RawBatch], places: Sequence[int | None]) -> Iterator[RawBatch]:
    """Yield the rows with their fields in the order of our 16 columns, empty where there is none."""
    pick = itemgetter(*(-1 if place is None else place for place in places))
    for batch in batches:
        for row in batch.rows:
            row.append("")
        yield RawBatch(batch.numbers, [list(pick(row)) for row in batch.rows], batch.rejects, batch.recoded)
