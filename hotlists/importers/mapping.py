"""Tables with a header: which of their columns is which of ours, from a configured mapping or by common names."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from anpr.errors import ConfigError, ImportRefused
from hotlists.columns import HEADER_NAMES, POLICE_COLUMNS
from hotlists.importers.raw import RawBatch


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
    """Return a header in the form in which headers are compared."""
    return " ".join(text.replace("_", " ").strip().lower().split())


def looks_like_header(cells: Sequence[str]) -> bool:
    """Return whether the cells hold a common name of the VRM column."""
    return any(plain_header(cell) in HEADER_NAMES["vrm"] for cell in cells)


def columns_of(header: Sequence[str], mapping: Mapping[str, str] | None, where: str) -> list[int | None]:
    """Return for each of our columns its place in the header, None where it is not there.

    Raises ImportRefused when a configured header, or any header of the VRM, is missing.
    """
    places = {plain_header(cell): index for index, cell in reversed(list(enumerate(header)))}
    chosen: list[int | None] = []
    for column in POLICE_COLUMNS:
        if mapping is not None:
            wanted = mapping.get(column)
            place = places.get(plain_header(wanted)) if wanted is not None else None
            if wanted is not None and place is None:
                raise ImportRefused(f"{where} has no column headed {wanted!r}: correct the mapping of {column}")
        else:
            place = next((places[name] for name in HEADER_NAMES[column] if name in places), None)
        chosen.append(place)
    if chosen[0] is None:
        raise ImportRefused(f"{where} has no column that is known as the VRM: configure a mapping and name it")
    return chosen


def mapped(batches: Iterable[RawBatch], places: Sequence[int | None]) -> Iterator[RawBatch]:
    """Yield the rows with their fields in the order of our 16 columns, empty where there is none."""
    pick = itemgetter(*(-1 if place is None else place for place in places))
    for batch in batches:
        for row in batch.rows:
            row.append("")
        yield RawBatch(batch.numbers, [list(pick(row)) for row in batch.rows], batch.rejects, batch.recoded)
