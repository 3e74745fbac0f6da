import json

from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.screen.hub import Snapshot, difference

texts = st.integers(0, 3).map(str)
snapshots = st.builds(
    lambda sections, alerts: Snapshot(sections, dict(alerts)),
    st.fixed_dictionaries({"health": texts, "drive": texts}),
    st.lists(st.tuples(st.integers(1, 6), texts), unique_by=lambda pair: pair[0]),
)


def applied(page: dict[str, object], text: str) -> None:
    """What the page does with a difference (store.js)."""
    if not text:
        return
    message = json.loads(text)
    alerts: dict[int, object] = page["alerts"]  # type: ignore[assignment]
    alerts.update({int(key): value for key, value in message.get("alerts", {}).items()})
    for name in ("health", "drive"):
        if name in message:
            page[name] = message[name]
    if "order" in message:
        page["alerts"] = {key: alerts[key] for key in message["order"]}


@settings(max_examples=60)
@given(st.lists(snapshots, min_size=1, max_size=6))
def test_a_page_that_takes_the_differences_has_the_state(states: list[Snapshot]) -> None:
    page: dict[str, object] = {"alerts": {}}
    given_ = Snapshot()
    for state in states:
        applied(page, difference(given_, state))
        given_ = state
        assert list(page["alerts"].items()) == [(key, int(text)) for key, text in state.alerts.items()]  # type: ignore[attr-defined]
        assert {name: page[name] for name in ("health", "drive")} == {k: int(v) for k, v in state.sections.items()}
        assert difference(given_, state) == ""
