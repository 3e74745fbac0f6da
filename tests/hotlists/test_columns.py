from collections import Counter

from hotlists.columns import HEADER_NAMES, POLICE_COLUMNS, VRM, WEED_DATE
from hotlists.importers.mapping import plain_header


def test_every_header_name_belongs_to_one_column_however_it_is_written() -> None:
    assert set(HEADER_NAMES) == set(POLICE_COLUMNS)
    counted = Counter(plain_header(name) for names in HEADER_NAMES.values() for name in names)
    assert {name for name, times in counted.items() if times > 1} == set()
    assert all(counted[plain_header(column)] for column in HEADER_NAMES)


def test_places_of_the_columns_that_are_looked_into() -> None:
    assert (len(POLICE_COLUMNS), VRM, WEED_DATE) == (16, 0, 10)
