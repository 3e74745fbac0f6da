from datetime import UTC, datetime

import pytest

from anpr.errors import ConfigError
from hotlists.store.settings import ListSettings


@pytest.mark.parametrize(
    "change",
    [{"priority": 101}, {"threshold": 0.0}, {"threshold": float("nan")}, {"encounter_s": -1.0}, {"max_age_s": 0.0},
     {"expires_utc": "soon"}, {"expires_utc": "2026-12-01T00:00:00"}, {"hours": "x"}, {"area": "x"}, {"covert": "yes"},
     {"default_weed_days": 10**12}, {"name": ""}, {"name": "../x"}, {"cars": (3,)}],
)  # fmt: skip
def test_settings_out_of_range(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        ListSettings("x").changed(**change)


def test_settings_survive_their_json() -> None:
    settings = ListSettings(
        "x",
        priority=99,
        hours="Mon-Fri 07:00-19:00",
        area='{"polygon": [[51, 0], [52, 0], [52, 1]]}',
        cars=("a*",),
        max_age_s=9.5,
    )
    assert ListSettings.from_json(settings.to_json()) == settings


def test_end_of_a_list_is_a_time_with_its_offset() -> None:
    assert ListSettings("x").expiry() is None
    assert ListSettings("x", expires_utc="2026-12-01T01:30:00+01:00").expiry() == datetime(
        2026, 12, 1, 0, 30, tzinfo=UTC
    )


def test_settings_of_a_newer_program_are_passed_over() -> None:
    settings = ListSettings.from_values({"name": "x", "priority": 7, "cars": ["a", "b*"], "shape": "round"})
    assert settings == ListSettings("x", priority=7, cars=("a", "b*"))
    wrong: tuple[object, ...] = (None, [], {"priority": 7}, {"name": "x", "cars": "a*"})
    for values in wrong:
        with pytest.raises(ConfigError, match="publish the list again"):
            ListSettings.from_values(values)


def test_bounds_themselves_are_allowed() -> None:
    for change in (
        {"priority": 0},
        {"priority": 100},
        {"threshold": 1.0},
        {"encounter_s": 0},
        {"default_weed_days": 36_500},
    ):
        assert ListSettings("x").changed(**change) != ListSettings("y")
