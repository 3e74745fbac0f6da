"""Several devices on one field: which text counts, and that nothing that was said to be kept is lost."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.stops.field_texts import HOLD_S, Holds, Outcome, Turn, Typed, counting, others, taken_over, typed

KEY = "name"


def first(writer: str = "a", answer: str = "Ford", number: int = 1, sent: int = 1, *, aside: bool = False) -> Turn:
    return Turn(number, writer, f"officer {writer}", answer, sent, aside)


def says(writer: str, answer: str, sent: int = 1, seen: int = 0) -> Typed:
    return Typed(writer, f"officer {writer}", answer, sent, seen)


def test_the_device_that_types_goes_on_with_its_own_turn() -> None:
    outcome, turn = typed((first(),), "a", says("a", "Ford Focus", 2))
    assert (outcome, turn) == (Outcome.KEPT, first(answer="Ford Focus", sent=2))


def test_a_message_that_comes_twice_or_late_changes_nothing() -> None:
    assert typed((first(sent=5),), "a", says("a", "For", 5)) == (Outcome.OVERTAKEN, None)
    assert typed((first(sent=5),), "a", says("a", "F", 4)) == (Outcome.OVERTAKEN, None)


def test_what_another_types_into_a_held_field_stands_aside() -> None:
    outcome, turn = typed((first(),), "a", says("b", "Opel", seen=1))
    assert outcome is Outcome.ASIDE
    assert turn == first("b", "Opel", 2, aside=True)
    assert counting((first(), turn)) == first()
    assert others((first(), turn)) == (turn,)
    outcome, more = typed((first(), turn), "a", says("b", "Opel Corsa", 2, seen=1))
    assert (outcome, more) == (Outcome.ASIDE, first("b", "Opel Corsa", 2, 2, aside=True))


def test_a_field_that_nobody_holds_is_replaced_only_by_whoever_has_seen_its_text() -> None:
    assert typed((first(),), "", says("b", "Opel", seen=1)) == (Outcome.KEPT, first("b", "Opel", 2))
    assert typed((first(),), "", says("b", "Opel", seen=0))[0] is Outcome.ASIDE
    assert typed((first(answer=""),), "", says("b", "Opel", seen=0)) == (Outcome.KEPT, first("b", "Opel", 2))
    assert typed((), "", says("b", "Opel")) == (Outcome.KEPT, first("b", "Opel"))


def test_the_same_text_is_kept_already() -> None:
    assert typed((first(),), "a", says("b", "Ford")) == (Outcome.KEPT, None)


def test_who_takes_over_goes_on_with_the_text_that_counts_or_the_one_that_was_chosen() -> None:
    own = first("b", "Opel", 2, 7, aside=True)
    assert taken_over((first(), own), "b", "officer b", 0) == first("b", "Ford", 3, 7)
    assert taken_over((first(), own), "b", "officer b", 2) == first("b", "Opel", 3, 7)
    assert taken_over((first(),), "a", "officer a", 0) is None
    assert taken_over((first(),), "b", "officer b", 9) is None
    assert taken_over((), "b", "officer b", 0) is None


def test_a_device_holds_the_field_that_it_typed_in_last_and_not_for_ever() -> None:
    holds = Holds()
    holds.take(1, "name", "a", "officer a", 0.0)
    holds.take(2, "name", "a", "officer a", 0.0)
    assert holds.holder(1, "name", HOLD_S) == ("a", "officer a")
    assert holds.holder(1, "name", HOLD_S + 1) == ("", "")
    holds.take(1, "address", "a", "officer a", 1.0)
    assert holds.holder(1, "name", 1.0) == ("", "")
    assert holds.holder(1, "address", 1.0) == ("a", "officer a")
    assert holds.holder(2, "name", 1.0) == ("a", "officer a")


@dataclass
class Device:
    """A page: its name changes when it is loaded anew; `kept` is the last text of each turn that it was told is kept."""

    name: str
    loads: int = 0
    sent: int = 0
    seen: int = 0
    on_its_way: list[Typed] = field(default_factory=list)

    @property
    def writer(self) -> str:
        return f"{self.name}{self.loads}"


STEP = st.tuples(
    st.sampled_from(("type", "type", "type", "lose", "twice", "late", "take", "take other", "load", "look", "restart")),
    st.integers(0, 1),
    st.text(alphabet="abc", max_size=4),
)


@given(st.lists(STEP, max_size=60))
@settings(max_examples=150)
def test_no_character_that_was_said_to_be_kept_is_lost(steps: list[tuple[str, int, str]]) -> None:  # noqa: C901 - a model
    """A text goes only where its own writer typed another in its place; what was only on its way may go."""
    turns: dict[int, Turn] = {}
    holds, devices = Holds(), (Device("a"), Device("b"))
    kept: dict[int, str] = {}  # by the number of the turn: what its writer was told last

    def store(turn: Turn | None) -> None:
        if turn is not None:
            turns[turn.number] = turn

    def deliver(what: Typed) -> None:
        held, _ = holds.holder(1, KEY, 0.0)
        outcome, turn = typed(tuple(turns.values()), held, what)
        store(turn)
        if outcome is Outcome.KEPT:
            holds.take(1, KEY, what.writer, what.actor, 0.0)
        if turn is not None:
            kept[turn.number] = str(turn.answer)
        elif outcome is Outcome.KEPT and what.answer:
            assert what.answer in {one.answer for one in turns.values()}

    for step, number, text in steps:
        device = devices[number]
        if step in ("type", "lose"):
            device.sent += 1
            what = says(device.writer, text, device.sent, device.seen)
            device.on_its_way.append(what)
            if step == "type":
                deliver(what)
        elif step in ("twice", "late") and device.on_its_way:
            deliver(device.on_its_way[-1 if step == "twice" else 0])
        elif step in ("take", "take other"):
            chosen = 0 if step == "take" or not turns else sorted(turns)[len(text) % len(turns)]
            turn = taken_over(tuple(turns.values()), device.writer, f"officer {device.writer}", chosen)
            store(turn)
            if turn is not None:
                kept[turn.number] = str(turn.answer)
            holds.take(1, KEY, device.writer, device.writer, 0.0)
        elif step == "load":
            device.loads, device.sent, device.on_its_way = device.loads + 1, 0, []
        elif step == "restart":
            holds = Holds()
        now = counting(turns.values())
        device.seen = now.number if now is not None else 0
        assert {n: str(turn.answer) for n, turn in turns.items()} == kept
        shown = {str(one.answer) for one in (*others(tuple(turns.values())), *((now,) if now else ()))}
        assert {said for said in kept.values() if said} <= shown
