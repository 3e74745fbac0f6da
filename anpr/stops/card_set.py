"""The cards of a car: those of a force's folder, else the examples that ship; which of them a stop opens."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from anpr.errors import ConfigError, InputError
from anpr.stops.card import Card
from anpr.stops.card_file import read_card
from anpr.stops.receipt import ReceiptForm, read_form

FORM: Final = "receipt.toml"
"""The file of the receipts' form, beside the cards."""

MOST_CARDS: Final = 60


def shipped() -> Path:
    """Return the folder of the examples."""
    return Path(str(resources.files("anpr.stops.cards")))


def read_cards(folder: Path) -> tuple[Card, ...]:
    """Return the cards of a folder by their names. Raises ConfigError for one that is refused, and when a stop could open two or none."""
    cards = tuple(read_card(path) for path in card_files(folder))
    for words in _troubles(cards):
        raise ConfigError(f"the cards in {folder} do not go together: {words}")
    return cards


def card_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder's cards. Raises ConfigError for a folder without any, or with too many."""
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {folder} of stop cards: check the name")
    files = tuple(sorted(path for path in folder.glob("*.toml") if path.name != FORM))
    if not files or len(files) > MOST_CARDS:
        raise ConfigError(
            f"the folder {folder} has {len(files)} stop cards: 1 to {MOST_CARDS} files NAME.toml may be there"
        )
    return files


def receipt_form(folder: Path) -> ReceiptForm:
    """Return the form of receipts of a folder. Raises ConfigError."""
    return read_form(folder / FORM)


def card_named(cards: tuple[Card, ...], name: str) -> Card:
    """Return the card of a name, or the one that a hit with that symbol opens. Raises InputError."""
    found = next((card for card in cards if card.name == name), None)
    if found is not None:
        return found
    known = {symbol for card in cards for symbol in card.symbols}
    if name in known:
        return card_for(cards, name)
    raise InputError(f"there is no stop card {name!r}: choose one of {', '.join(card.name for card in cards)}")


def card_for(cards: tuple[Card, ...], symbol: str | None) -> Card:
    """Return the card that a stop opens: for a hit by the symbol that the screen's table of orders gives it, without a hit by None."""
    if symbol is None:
        return next(card for card in cards if card.without_hit)
    return next((card for card in cards if symbol in card.symbols), next(card for card in cards if card.otherwise))


def _troubles(cards: tuple[Card, ...]) -> Iterator[str]:
    for what, names in (
        ("without_hit", [card.name for card in cards if card.without_hit]),
        ("otherwise", [card.name for card in cards if card.otherwise]),
    ):
        if not names:
            yield f"none has '{what} = true': give it to one"
        elif len(names) > 1:
            yield f"{' and '.join(names)} have '{what} = true': leave it to one"
    taken: dict[str, str] = {}
    for card in cards:
        for symbol in card.symbols:
            if symbol in taken:
                yield f"{taken[symbol]} and {card.name} are both for the symbol {symbol!r}: take it out of one"
            taken[symbol] = card.name
