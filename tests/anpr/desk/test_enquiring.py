"""Which alerts are asked about: those of the lists that are named, never because of covert ones, of silent ones only if said so."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from anpr.config.enquiries import EnquiriesConfig
from anpr.desk.enquiring import AlertEnquiries, mark_of
from anpr.enquiries.answer import Outcome
from anpr.enquiries.quota import Quota
from anpr.enquiries.service import Enquiries
from anpr.errors import StoreError
from anpr.screen.wire import alert_json
from tests.anpr.enquiries.made import HandClock, MadeSource
from tests.anpr.real_desk import COVERT, NO_TAX, STOLEN, RealDesk, import_marks


class Asking:
    """A real desk whose alerts are asked about, of a made source."""

    def __init__(self, folder: Path, **config: object) -> None:
        import_marks(folder, COVERT, "AA11AAA", "BB22BBB")
        import_marks(folder, STOLEN, "BB22BBB", "CC33CCC", make="BMW", colour="BLUE", action="STOP")
        import_marks(folder, NO_TAX, "DD44DDD", "EE?5EEE")
        silent = NO_TAX.changed(name="Silent ones", priority=90)
        import_marks(folder, silent, "FF66FFF", action="SILENT")
        self.car = RealDesk(folder)
        self.clock = HandClock()
        self.source = MadeSource(self.clock)
        self.enquiries = Enquiries([(self.source, Quota(10, 1000))], self.clock.utc, clock_s=self.clock)
        self.entered: list[Mapping[str, str]] = []
        self.record_trouble: StoreError | None = None
        settings = EnquiriesConfig(**({"lists": ("*",)} | config))  # type: ignore[arg-type]
        self.alerts = AlertEnquiries(self.enquiries, settings, self._record)
        self.car.desk.enquiries = self.alerts
        self.enquiries.changed = self.car.desk.changed

    def _record(self, actor: str, action: str, detail: Mapping[str, str]) -> None:
        assert (actor, action) == ("engine", "enquiry")
        if self.record_trouble is not None:
            raise self.record_trouble
        self.entered.append(detail)

    def see(self, *marks: str) -> None:
        for track, mark in enumerate(marks, 1):
            self.alerts.show(self.car.see(mark, track, final=True))

    def asked(self) -> list[str]:
        for _ in range(20):
            self.enquiries.lanes[0].step()
            self.clock.now_s += 0.2
        return [vrm for _, vrm in self.source.tries]


ALL = ("AA11AAA", "BB22BBB", "CC33CCC", "DD44DDD", "FF66FFF", "GG77GGG")


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    made = Asking(tmp_path / "car")
    yield made
    made.car.close()


def test_the_most_important_first_none_that_is_covert_or_silent_and_none_that_is_on_no_list(asking: Asking) -> None:
    asking.see(*ALL)
    assert asking.asked() == ["BB22BBB", "CC33CCC", "DD44DDD"]
    assert [one["list"] for one in asking.entered] == ["Stolen", "Stolen", "No tax"]
    assert "Op Kestrel" not in str(asking.entered)


def test_silent_ones_by_configuration_and_covert_ones_not_even_so(tmp_path: Path) -> None:
    made = Asking(tmp_path / "car", silent=True)
    made.see(*ALL)
    assert made.asked() == ["FF66FFF", "BB22BBB", "CC33CCC", "DD44DDD"]
    made.car.close()


def test_only_the_lists_that_are_named(tmp_path: Path) -> None:
    made = Asking(tmp_path / "car", lists=("no *",))
    made.see(*ALL)
    assert made.asked() == ["DD44DDD"]
    made.car.close()


def test_each_alert_is_asked_about_once_and_nobody_when_no_list_is_named(asking: Asking, tmp_path: Path) -> None:
    asking.see("CC33CCC")
    asking.see("CC33CCC")
    assert asking.asked() == ["CC33CCC"]
    made = Asking(tmp_path / "other", lists=())
    made.see(*ALL)
    assert made.asked() == []
    made.car.close()


def test_of_an_entry_with_wildcards_the_read_is_asked_about(asking: Asking) -> None:
    asking.see("EE55EEE")
    assert asking.asked() == ["EE55EEE"]
    (alert,) = asking.car.desk.board.queue()
    assert mark_of(alert.hits[0]) == "EE55EEE"


def test_the_desk_shows_what_was_answered_and_says_until_then_that_it_waits(asking: Asking) -> None:
    asking.see("CC33CCC")
    changes: list[int] = []
    asking.car.desk.subscribe(lambda: changes.append(1))

    def shown() -> dict[str, object]:
        (alert,) = asking.car.desk.state().alerts
        told: dict[str, object] = alert_json(alert, asking.car.desk.rules, ())["enquiry"]
        return told

    assert shown()["told"] == ["DVLA has not answered yet."]
    assert shown()["facts"] == []
    asking.asked()
    assert changes
    assert shown()["found"]
    assert "clone" in str(shown()["differs"])


def test_what_cannot_be_audited_is_not_asked_and_said_to_be(asking: Asking) -> None:
    asking.record_trouble = StoreError("the audit cannot be written")
    asking.see("CC33CCC")
    assert asking.asked() == []
    (alert,) = asking.car.desk.state().alerts
    assert alert.enquiry is not None
    assert alert.enquiry.outcome is Outcome.NOT_ENTERED
