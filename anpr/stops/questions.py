"""From the tables of a card to its questions: a person becomes the details that are asked of them, several become a number and each."""

from collections.abc import Iterator

from anpr.stops.card import (
    DETAILS,
    DONE,
    MOST_ANSWER,
    YES_NO,
    CardTable,
    Condition,
    Conditions,
    Kind,
    Question,
    QuestionTable,
    conditions_of,
)


def questions_of(card: CardTable) -> Iterator[Question]:
    """Yield the questions of a card in the order in which they are asked."""
    for row, table in enumerate(card.question, 1):
        if table.kind == Kind.PERSON:
            yield from _person(table, row)
        else:
            yield _question(table, card, row)


def counter(key: str) -> str:
    """Return the key of the question that asks how many there are.

    >>> counter("passenger")
    'passenger_count'
    """
    return f"{key}_count"


def _question(table: QuestionTable, card: CardTable, row: int) -> Question:
    kind = Kind(table.kind)
    given = {
        Kind.YES_NO: YES_NO,
        Kind.ENQUIRY: table.choices or DONE,
        Kind.POWERS: tuple(one.key for one in card.power),
        Kind.GROUNDS: card.grounds,
        Kind.ADVICE: tuple(one.key for one in card.advice),
    }
    is_number = kind is Kind.NUMBER
    return Question(
        table.key, table.label, kind, table.required, table.may_decline, table.help,
        given.get(kind, table.choices),
        table.least if table.least is not None else (-1e9 if is_number else 0),
        table.most if table.most is not None else (1e9 if is_number else MOST_ANSWER),
        "", conditions_of(table.when, table.unless), row,
    )  # fmt: skip


def _person(table: QuestionTable, row: int) -> Iterator[Question]:
    conditions = conditions_of(table.when, table.unless)
    if table.up_to == 1:
        yield from _details(table, row, table.key, table.label, conditions)
        return
    numbers = tuple(str(number) for number in range(table.up_to + 1))
    count = counter(table.key)
    yield Question(
        count, f"{table.label}: how many", Kind.CHOICE, table.required, False, table.help, numbers, 0, MOST_ANSWER, "",
        conditions, row,
    )  # fmt: skip
    for number in range(1, table.up_to + 1):
        there = Conditions((*conditions.when, Condition(count, numbers[number:])), conditions.unless)
        yield from _details(table, row, f"{table.key}_{number}", f"{table.label} {number}", there)


def _details(table: QuestionTable, row: int, key: str, label: str, conditions: Conditions) -> Iterator[Question]:
    for name, detail in DETAILS.items():
        if name in table.details or name in table.details_if_known:
            yield Question(
                f"{key}_{name}", f"{label}: {detail.label}", detail.kind, table.required and name in table.details, True,
                table.help, detail.choices, 0, detail.most, key, conditions, row,
            )  # fmt: skip
