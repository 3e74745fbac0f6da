import pytest

from anpr.screen.sessions import Sessions, token_fits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock, idle_s=300, longest_s=3600)


def test_only_the_right_cookie_finds_the_session(sessions: Sessions) -> None:
    cookie, session = sessions.begin("1234 A", "A", locks=True)
    assert sessions.find(cookie) is session
    for forged in ("", cookie[:-1], cookie + "x", cookie.swapcase(), "é" * 40):
        assert sessions.find(forged) is None


def test_an_untouched_device_locks_and_says_so(sessions: Sessions, clock: Clock) -> None:
    cookie, session = sessions.begin("a", "A", locks=True)
    told: list[int] = []
    session.closed.append(lambda: told.append(1))
    clock.now = 299
    sessions.touch(session)
    clock.now = 598
    assert sessions.find(cookie) is session
    clock.now = 600
    assert sessions.end_overdue() == [session]
    assert told == [1]
    assert sessions.find(cookie) is None


def test_no_session_outlives_a_shift_however_busy(sessions: Sessions, clock: Clock) -> None:
    cookie, session = sessions.begin("a", "A", locks=True)
    for minute in range(0, 3720, 60):
        clock.now = float(minute)
        sessions.touch(session)
    assert sessions.find(cookie) is None


def test_the_tablets_own_screen_never_locks(sessions: Sessions, clock: Clock) -> None:
    cookie, session = sessions.begin("tablet", "Tablet", locks=False)
    clock.now = 1e6
    assert sessions.end_overdue() == []
    assert sessions.find(cookie) is session


def test_sessions_are_bounded_and_tokens_their_own(sessions: Sessions) -> None:
    first, session = sessions.begin("a", "A", locks=False)
    others = [sessions.begin("a", "A", locks=False)[1] for _ in range(300)]
    assert sessions.find(first) is None
    assert token_fits(session, session.token)
    assert not token_fits(session, others[0].token)
    assert not token_fits(session, "é")


def test_a_session_ends_with_what_its_account_was_then(sessions: Sessions) -> None:
    kept, _ = sessions.begin("1 A", "A", locks=True, source="10.0.0.3", collar="1", stamp="a")
    gone, session = sessions.begin("2 B", "B", locks=True, source="10.0.0.4", collar="2", stamp="b")
    tablet, _ = sessions.begin("tablet", "Tablet", locks=False)
    assert sessions.knows("10.0.0.4")
    for stamps, ended in (({"1": "a", "2": "b"}, []), ({"1": "a", "2": "c"}, [session]), ({"1": "a"}, [])):
        assert sessions.end_changed(stamps) == ended
    assert sessions.find(kept)
    assert sessions.find(tablet)
    assert sessions.find(gone) is None
    assert not sessions.knows("10.0.0.4")
