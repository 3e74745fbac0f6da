"""Every picture that is served is entered, before it is, and once for each person and session."""

import asyncio
from collections.abc import Callable

import pytest

from anpr.errors import StoreError
from anpr.screen import served_pictures
from anpr.screen.served_pictures import VIEWED, ServedPictures
from anpr.screen.server import ScreenServer
from anpr.screen.sessions import Session, Sessions
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import OFFICER, Client
from tests.anpr.screen.conftest import FullDisk, run, until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


def test_what_a_page_asks_for_at_once_is_one_entry_and_each_picture_is_entered_once() -> None:
    entered: list[tuple[str, str, dict[str, str]]] = []
    served = ServedPictures(lambda *entry: entered.append(entry))
    sessions = Sessions(lambda: 0.0, idle_s=300, longest_s=3600)
    one, two = (sessions.begin(at_tablet=True)[1] for _ in range(2))
    sessions.log_in(one, "1", "A")
    sessions.log_in(two, "2", "B")

    async def ask(session: Session) -> None:
        await asyncio.gather(*(served.enter(session, f"p{n}") for n in range(40)))

    async def all_of_it() -> None:
        await ask(one)
        await ask(one)
        await ask(two)

    run(all_of_it())
    assert len(entered) <= 4
    for who in ("1 A", "2 B"):
        told = [name for actor, _, detail in entered for name in detail["pictures"].split() if actor == who]
        assert sorted(told) == sorted(f"p{n}" for n in range(40))


def test_one_that_joins_is_entered_as_well_and_what_is_known_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_pictures, "_REMEMBERED", 2)
    entered: list[str] = []
    served = ServedPictures(lambda actor, _, detail: entered.append(f"{actor}: {detail['pictures']}"))
    sessions = Sessions(lambda: 0.0, idle_s=300, longest_s=3600)
    _, session = sessions.begin(at_tablet=True)

    async def all_of_it() -> None:
        sessions.log_in(session, "1", "A")
        await served.enter(session, "p")
        sessions.log_in(session, "2", "B")
        for name in ("p", "q", "r", "p"):
            await served.enter(session, name)

    run(all_of_it())
    assert entered == ["1 A: p", "1 A, 2 B: p", "1 A, 2 B: q", "1 A, 2 B: r", "1 A, 2 B: p"]


def test_no_picture_is_served_that_cannot_be_entered(serve: Serve, desk: MemoryDesk) -> None:
    disk = FullDisk(failing=False)
    client = Client(serve(audit=disk).address)
    number = desk.hit("AB51CDE")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    disk.failing = True
    address = f"/picture/{desk.alerts[number].plate_picture}"
    assert client.http.get(address).status_code == 503
    disk.failing = False
    assert client.http.get(address).status_code == 200


def test_whoever_was_given_a_picture_is_in_the_audit(serve: Serve, desk: MemoryDesk, audit: AuditLog) -> None:
    client = Client(serve().address)
    number = desk.hit("AB51CDE")
    picture = desk.alerts[number].plate_picture
    until(lambda: client.http.get(f"/picture/{picture}").status_code == 200)
    client.http.get(f"/picture/{picture}")
    assert client.http.get("/picture/gone-plate").status_code == 404
    assert [(one.actor, one.detail) for one in audit.entries() if one.action == VIEWED] == [
        (OFFICER, {"pictures": picture})
    ]


def test_a_failure_keeps_nobody_elses_picture_waiting_for_ever() -> None:
    fails = [True]

    def record(*_: object) -> None:
        if fails.pop() if fails else False:
            raise StoreError("full")

    served = ServedPictures(record)
    sessions = Sessions(lambda: 0.0, idle_s=300, longest_s=3600)
    _, session = sessions.begin(at_tablet=True)

    async def all_of_it() -> list[object]:
        return [*await asyncio.gather(served.enter(session, "a"), served.enter(session, "b"), return_exceptions=True)]

    first, second = run(all_of_it())
    assert isinstance(first, StoreError)
    assert second is None
