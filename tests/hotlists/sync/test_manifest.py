import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ConfigError, SyncError
from hotlists.store.settings import ListSettings
from hotlists.sync.manifest import Manifest


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda c: st.lists(c) | st.dictionaries(st.text(max_size=5), c),
    )
)
def test_any_json_is_no_manifest(value: object) -> None:
    with pytest.raises(SyncError):
        Manifest.from_text(json.dumps(value))
    with contextlib.suppress(ConfigError):
        ListSettings.from_values(value)
    with contextlib.suppress(ConfigError):
        ListSettings.from_values({"name": "x", "hours": value, "cars": value, "max_age_s": value})
