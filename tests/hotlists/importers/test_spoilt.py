import pytest

from hotlists.importers.spoilt import ROW_THAT_COUNTS, any_spoilt, why_spoilt

SPOILT = [
    "2026-01-01", "2026-01-01 00:00:00", "01-Jan", "1-JAN-26", "Jan-01", "01/01/2026", "1/1/26", "01.01.2026", "'01-Jan'",
    "1.00E+10", "3E+45", "TRUE", "false", "Total: 6 records", "Grand Total", "6 rows", "1,234 vehicles listed", "Page 1 of 2",
    "End of report", "Number of records: 6", "-----", "Total",
]  # fmt: skip
MARKS = [
    "AB51CDE", "JAN 1", "1 JAN", "JAN1", "12-JN-34", "A 1", "TOT 4L", "1-ABC-23", "END 1", "PAGE1", "12345", "AB*", "", "?OW 5",
    "E10 ABC", "1E10", "TRU 3",
]  # fmt: skip


@pytest.mark.parametrize("text", SPOILT)
def test_what_a_spreadsheet_made_of_a_mark_or_a_report_put_there_has_a_reason(text: str) -> None:
    assert why_spoilt(text)
    assert any_spoilt("\n".join(["AB51CDE", text, "CD52EFG"]))
    assert not any(character.isdigit() for character in why_spoilt(text))


@pytest.mark.parametrize("text", MARKS)
def test_marks_are_left_alone(text: str) -> None:
    assert not why_spoilt(text)


def test_marks_among_each_other_are_left_alone() -> None:
    assert not any_spoilt("\n".join(MARKS))


def test_headings_that_stand_there_again() -> None:
    assert why_spoilt("Reg. No.") == "the row repeats the headings"
    assert why_spoilt("6 records") == ROW_THAT_COUNTS
