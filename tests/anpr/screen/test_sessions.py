import pytest

from anpr.errors import InputError
from anpr.screen.sessions import NOBODY, Session, Sessions, token_fits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock, idle_s=300, longest_s=3600, tablet_idle_s=1800)


def logged_in(sessions: Sessions, collar: str = "1234", *, source: str = "", stamp: str = "") -> tuple[str, Session]:
    """Return the cookie and session of a device on the network to which an officer is logged in."""
    _, session = sessions.begin(at_tablet=False, source=source)
    return sessions.log_in(session, collar, f"Name {collar}", stamp), session


def collars(session: Session) -> list[str]:
    return [officer.collar for officer in session.officers]


def test_only_the_right_cookie_finds_the_session(sessions: Sessions) -> None:
    cookie, session = logged_in(sessions)
    assert sessions.find(cookie) is session
    for forged in ("", cookie[:-1], cookie + "x", cookie.swapcase(), "é" * 40):
        assert sessions.find(forged) is None


def test_a_login_makes_cookie_and_token_anew(sessions: Sessions) -> None:
    before, session = sessions.begin(at_tablet=True)
    token = session.token
    after = sessions.log_in(session, "1234", "A. Constable")
    assert (sessions.find(before), sessions.find(after)) == (None, session)
    assert not token_fits(session, token)


def test_an_untouched_device_locks_and_says_so(sessions: Sessions, clock: Clock) -> None:
    cookie, session = logged_in(sessions)
    told: list[int] = []
    session.closed.append(lambda: told.append(1))
    clock.now = 299
    sessions.touch(session)
    clock.now = 598
    assert sessions.find(cookie) is session
    clock.now = 600
    assert [officer.collar for officer in sessions.end_overdue()] == ["1234"]
    assert told == [1]
    assert sessions.find(cookie) is None


def test_who_is_found_overdue_by_a_request_is_told_of_once(sessions: Sessions, clock: Clock) -> None:
    cookie, _ = logged_in(sessions)
    clock.now = 301
    assert sessions.find(cookie) is None
    assert [officer.collar for officer in sessions.end_overdue()] == ["1234"]
    assert sessions.end_overdue() == []


def test_no_session_outlives_a_shift_however_busy(sessions: Sessions, clock: Clock) -> None:
    cookie, session = logged_in(sessions)
    for minute in range(0, 3720, 60):
        clock.now = float(minute)
        sessions.touch(session)
    assert sessions.find(cookie) is None


def test_the_tablets_own_screen_goes_on_when_its_officers_are_logged_out(sessions: Sessions, clock: Clock) -> None:
    _, session = sessions.begin(at_tablet=True)
    assert session.actor == NOBODY
    told: list[int] = []
    session.closed.append(lambda: told.append(1))
    cookie = sessions.log_in(session, "1234", "A")
    session.full_until_s = 1e9
    clock.now = 1801
    assert [officer.collar for officer in sessions.end_overdue()] == ["1234"]
    assert sessions.find(cookie) is session
    assert (session.officers, session.full_until_s, told) == ((), 0.0, [])


def test_two_officers_are_logged_in_at_once_each_with_a_shift_of_their_own(sessions: Sessions, clock: Clock) -> None:
    _, session = sessions.begin(at_tablet=True)
    sessions.log_in(session, "1234", "A")
    clock.now = 1000
    sessions.log_in(session, "5678", "B")
    assert session.actor == "1234 A, 5678 B"
    with pytest.raises(InputError, match="2 officers are logged in here already"):
        sessions.log_in(session, "9999", "C")
    clock.now = 2000
    cookie = sessions.log_in(session, "5678", "B")  # again: the same officer
    assert collars(session) == ["1234", "5678"]
    clock.now = 3601
    assert [officer.collar for officer in sessions.end_overdue()] == ["1234"]
    assert collars(session) == ["5678"]
    sessions.log_out(session, session.officers[0])
    assert sessions.find(cookie) is session


def test_on_the_network_a_session_ends_with_its_last_officer(sessions: Sessions) -> None:
    _, session = logged_in(sessions)
    cookie = sessions.log_in(session, "5678", "B")
    sessions.log_out(session, session.officers[0])
    assert (sessions.find(cookie), collars(session)) == (session, ["5678"])
    sessions.log_out(session, session.officers[0])
    assert sessions.find(cookie) is None


def test_sessions_are_bounded_and_tokens_their_own(sessions: Sessions) -> None:
    first, session = sessions.begin(at_tablet=True)
    kept, _ = logged_in(sessions)
    page, live = sessions.begin(at_tablet=True)
    live.closed.append(lambda: None)
    others = [sessions.begin(at_tablet=True)[1] for _ in range(600)]
    assert sessions.find(first) is None
    assert sessions.find(kept)  # whoever asks for sessions ends none of an officer, and none that shows alerts
    assert sessions.find(page) is live
    assert token_fits(session, session.token)
    assert not token_fits(session, others[0].token)
    assert not token_fits(session, "é")


def test_a_session_ends_with_what_its_account_was_then(sessions: Sessions) -> None:
    kept, _ = logged_in(sessions, "1", source="10.0.0.3", stamp="a")
    gone, _ = logged_in(sessions, "2", source="10.0.0.4", stamp="b")
    tablet, at_tablet = sessions.begin(at_tablet=True)
    tablet = sessions.log_in(at_tablet, "2", "B", "b")
    assert sessions.knows("10.0.0.4")
    for stamps, ended in (({"1": "a", "2": "b"}, []), ({"1": "a", "2": "c"}, ["2", "2"]), ({"1": "a"}, [])):
        assert [officer.collar for officer in sessions.end_changed(stamps)] == ended
    assert sessions.find(kept)
    assert sessions.find(tablet) is at_tablet
    assert at_tablet.officers == ()
    assert sessions.find(gone) is None
    assert not sessions.knows("10.0.0.4")
