import pytest

from anpr.errors import ConfigError
from anpr.stops.card_set import read_cards, shipped
from anpr.stops.progress import progress
from anpr.stops.vehicle import MARK, OWN_KEYS, SEEN_COLOUR, SEEN_MAKE, with_vehicle
from tests.anpr.stops.made import TODAY, card, question


def test_the_vehicle_is_asked_for_before_the_cards_questions() -> None:
    made = with_vehicle(card(question("outcome", required=True)))
    assert [one.key for one in made.questions] == [MARK, SEEN_COLOUR, SEEN_MAKE, "outcome"]
    assert progress(made, {}, TODAY).missing == (MARK, "outcome")
    so_far = progress(made, {MARK: "ab51 cde", SEEN_COLOUR: "red", SEEN_MAKE: ""}, TODAY)
    assert (so_far.values, so_far.next) == ({MARK: "AB51CDE", SEEN_COLOUR: "Red"}, made.questions[3])


@pytest.mark.parametrize("key", sorted(OWN_KEYS))
def test_a_card_may_not_use_the_keys_of_the_vehicle(key: str) -> None:
    with pytest.raises(ConfigError, match=f"line 5: '{key}' is asked at every stop"):
        card(question(key))


def test_every_shipped_card_can_be_asked_so() -> None:
    for one in read_cards(shipped()):
        keys = [question.key for question in with_vehicle(one).questions]
        assert len(set(keys)) == len(keys)
