import pytest

from anpr.errors import ConfigError
from hotlists.store.settings import ListSettings


@pytest.mark.parametrize(
    "change",
    [{"priority": 101}, {"threshold": 0.0}, {"threshold": float("nan")}, {"repeat_s": -1.0}, {"max_age_s": 0.0},
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
