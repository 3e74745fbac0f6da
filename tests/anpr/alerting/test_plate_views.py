from datetime import UTC, datetime

import pytest

from anpr.alerting.decisions import Look
from anpr.alerting.plate_views import PlateViews
from anpr.errors import AccessDenied

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_a_picture_that_was_never_sent_cannot_have_been_seen() -> None:
    views = PlateViews(lambda: NOW)
    views.sent("other", "p1")
    with pytest.raises(AccessDenied, match="never sent"):
        views.on_screen("viewer", 1, "p1", read_vrm="A", list_vrm="A")
    assert views.latest("viewer", 1) is None
    views.sent("viewer", "p1")
    look = views.on_screen("viewer", 1, "p1", read_vrm="A", list_vrm="B")
    assert views.latest("viewer", 1) == look == Look("viewer", "A", "B", NOW)
    assert views.latest("other", 1) is None


def test_looks_are_bounded() -> None:
    views = PlateViews(lambda: NOW, limit=10)
    for n in range(50):
        views.sent("v", f"p{n}")
        views.on_screen("v", n, f"p{n}", read_vrm="A", list_vrm="A")
    assert views.latest("v", 39) is None
    assert views.latest("v", 40) is not None


def test_what_was_typed_holds_for_these_marks_and_this_viewer_alone() -> None:
    views = PlateViews(lambda: NOW)
    views.sent("viewer", "p1")
    with pytest.raises(AccessDenied, match="before typing"):
        views.require_look("viewer", 1, read_vrm="A", list_vrm="B")
    views.on_screen("viewer", 1, "p1", read_vrm="A", list_vrm="B")
    with pytest.raises(AccessDenied, match="before typing"):
        views.require_look("viewer", 1, read_vrm="A", list_vrm="C")
    views.typed(views.require_look("viewer", 1, read_vrm="A", list_vrm="B"), 1, "B")
    views.sent("viewer", "p2")
    assert (
        views.on_screen("viewer", 1, "p2", read_vrm="A", list_vrm="B").typed_vrm == "B"
    )  # a better picture of the same
    assert views.latest("other", 1) is None
    assert views.on_screen("viewer", 1, "p2", read_vrm="A", list_vrm="C").typed_vrm == ""
