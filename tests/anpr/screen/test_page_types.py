"""The page's types (types.d.ts) and the server's JSON say the same: field by field, kind by kind, on a real server.

`Declared` reads the interfaces as far as they are used there: primitives, texts that are written out, lists, pairs,
tables and other interfaces.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pytest

from anpr.alerting.decisions import Choice, Decision
from anpr.enquiries.answer import together
from anpr.screen.actions import CrewActions
from anpr.screen.server import ScreenServer
from anpr.trust.accounts import CrewAccounts
from anpr.values import AlertState, AlertStep, Motion, StepKind
from tests.anpr.screen.client import WHY, Client, state_of
from tests.anpr.screen.conftest import FullDisk, until
from tests.anpr.screen.desk import MemoryDesk
from tests.anpr.screen.test_enquiry_wire import DOWN, FORD

TYPES = Path(__file__).parents[3] / "anpr" / "screen" / "static" / "js" / "types.d.ts"

Serve = Callable[..., ScreenServer]

_INTERFACE = re.compile(r"^export interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_ALIAS = re.compile(r"^export type (\w+) = (.*);$", re.MULTILINE)
_FIELD = re.compile(r'^  "?([\w-]+)"?(\??): (.*);$')


class Declared:
    """The declared interfaces and aliases, and which fields of them JSON has shown so far."""

    def __init__(self, source: str) -> None:
        self.fields: dict[str, dict[str, str]] = {}
        self.optional: set[tuple[str, str]] = set()
        self.aliases = dict(_ALIAS.findall(source))
        self.seen: set[tuple[str, str]] = set()
        for name, base, body in _INTERFACE.findall(source):
            self.fields[name] = dict(self.fields.get(base, {}))
            self.optional |= {(name, field) for owner, field in self.optional if owner == base}
            for line in body.splitlines():
                field = _FIELD.fullmatch(line)
                assert field, f"{name}: {line!r} is not read by this test"
                self.fields[name][field[1]] = field[3]
                if field[2]:
                    self.optional.add((name, field[1]))

    def faults(self, kind: str, value: Any, at: str) -> Iterator[str]:
        """Say what of the value is other than declared."""
        if kind in self.fields:
            yield from self._faults_of_fields(kind, value, at)
        elif kind in self.aliases:  # what an alias adds to an interface only narrows it
            yield from self.faults(self.aliases[kind].partition(" & ")[0], value, at)
        elif " | " in kind:
            yield from min((list(self.faults(part, value, at)) for part in kind.split(" | ")), key=len)
        elif (inside := _inside(kind, value)) is not None:
            for inner, item in inside:
                yield from self.faults(inner, item, f"{at}[]")
        elif not _is_primitive(kind, value):
            yield f"{at} is {value!r}, declared {kind}"

    def _faults_of_fields(self, kind: str, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is no {kind}"
            return
        for name in value.keys() - self.fields[kind].keys():
            yield f"{at}.{name} is not declared in {kind}"
        for name, declared in self.fields[kind].items():
            if name in value:
                self.seen.add((kind, name))
                yield from self.faults(declared, value[name], f"{at}.{name}")
            elif (kind, name) not in self.optional:
                yield f"{at}.{name} of {kind} is not sent"

    def answer(self, name: str) -> str:
        """Return the kind of the action's answer."""
        self.seen.add(("Answers", name))
        return self.fields["Answers"][name]

    def unseen(self) -> set[tuple[str, str]]:
        """Return the declared fields that no JSON has shown."""
        return {(kind, name) for kind, fields in self.fields.items() for name in fields} - self.seen


def _inside(kind: str, value: Any) -> list[tuple[str, Any]] | None:
    """Return what a list, pair or table holds, each with its kind; None when the value or the kind is none."""
    if kind.endswith("[]") and isinstance(value, list):
        return [(kind.removesuffix("[]"), item) for item in value]
    if kind.startswith("[") and kind.endswith("]") and isinstance(value, list):
        parts = kind[1:-1].split(", ")
        return list(zip(parts, value, strict=True))
    if kind.startswith("Record<string, ") and isinstance(value, dict):
        return [(kind[len("Record<string, ") : -1], item) for item in value.values()]
    return None


def _is_primitive(kind: str, value: object) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind in {"string", "boolean"}:
        return isinstance(value, {"string": str, "boolean": bool}[kind])
    if kind.endswith(("]", ">")):
        return False
    assert kind == "null" or re.fullmatch('"[a-z_]*"', kind), f"this test does not know the type {kind!r}"
    return bool(value == json.loads(kind))


def full(desk: MemoryDesk) -> int:
    """Fill the desk with everything that a page can be shown, and return a hit that is decided."""
    desk.sight("EY19KBV")
    done = desk.hit("AB51CDE", "No tax")
    desk.decide(done, Choice(Decision.WRONG_PLATE, "mud", "AB51CDF"), "tablet")
    number = desk.hit("EY19KBV", read="EY19K8V", unsure={0: ("F", 0.3)}, markers="VI ZZ", also=("No insurance",))
    desk.revise(number, state="withdrawn", steps=(AlertStep(StepKind.WITHDRAWN, desk.now, 0.21),))
    desk.revise(number, enquiry=together([FORD, DOWN]))
    desk.fault("camera_soft", "rear", "Rear camera out of focus", "Wipe the lens")
    return done


def test_every_message_and_answer_is_as_declared_and_everything_declared_is_sent(
    serve: Serve, desk: MemoryDesk, network: ScreenServer, accounts: CrewAccounts
) -> None:
    declared = Declared(TYPES.read_text(encoding="utf-8"))
    audit = FullDisk(failing=False)
    done = full(desk)
    client = Client(serve(audit=audit).address)
    number = next(n for *_, n in desk.order if desk.alerts[n].kind == "hit")
    faults: set[str] = set()

    def check(kind: str, value: object) -> None:
        faults.update(declared.faults(kind, value, kind))

    check("Session", client.http.get("/api/session").json())
    assert network.network_address is not None
    check("NoSession", Client(network.network_address).http.get("/api/session").json())
    with client.feed() as messages:
        state = state_of(messages)
        check("StateMessage", state)
        assert len(state["alerts"]) == 2  # type: ignore[arg-type]
        messages.send(json.dumps({"t": "sync", "p": 5}))
        missing = {"beat": "BeatMessage", "sync": "SyncMessage"}
        while missing:
            message = json.loads(messages.recv(20))
            check(missing.pop(message["t"], "Message"), message)

    picture = desk.alerts[number].plate_picture
    confirming = {"alert_id": number, "decision": "confirmed", "ticks": ["vrm", "make", "colour"]}
    answers = {"outcome": "Not found", "result": ""}
    client.http.get(f"/picture/{picture}")
    bodies: list[tuple[str, dict[str, object]]] = [
        ("queue", {"start": 0}), ("look-up", {"vrm": "EY19KBV", "reason": WHY}), ("passenger", {"on": True}),
        ("viewed", {"what": "alert", "id": number}), ("acknowledge", {"alert_id": number}),
        ("looked", {"alert_id": number, "picture": picture}), ("typed", {"alert_id": number, "typed": "EB"}),
        ("decide", confirming),
        ("draft", {"alert_id": number, "field": "note", "text": "two in"}), ("drafts", {"alert_id": number}),
        ("stop-record", {"alert_id": number, "answers": answers}), ("mute", {"list": "No tax", "muted": True}),
        ("mute-all", {"muted": False}), ("capture", {"camera": 0}), ("capture-keep", {"capture_id": 1, "vrm": "AB51CDE"}),
        ("correct", {"sighting_id": 1, "vrm": "AB51CDE"}),
        ("add-entry", {"vrm": "AB51CDE", "list": "Local VOI", "reason": "Seen", "hours": 4}),
        ("list-enabled", {"list": "No tax", "enabled": False}), ("history", {}), ("lock", {}),
    ]  # fmt: skip
    accounts.add("5678", "B. Constable", "480275")
    two = Client(client.address)
    two.log_in("5678", "480275")
    check("Refusal", two.post("look-up", {"vrm": "EY19KBV", "reason": WHY}).json())  # whose is it?
    for name, body in bodies:
        desk.hand.lists_unreadable = name == "correct"
        answer = client.post(name, body)
        assert answer.is_success, (name, answer.text)
        check(declared.answer(name), answer.json())
    check("Refusal", client.post("queue", {"start": 0}).json())  # logged out
    audit.failing = True
    again = Client(client.address, logged_in=False)
    until(lambda: again.token)
    check("Acknowledged", again.post("acknowledge", {"alert_id": done}).json())
    assert not faults
    assert not declared.unseen()


def test_the_pages_actions_are_the_servers() -> None:
    declared = Declared(TYPES.read_text(encoding="utf-8"))
    assert set(declared.fields["Answers"]) == set(
        CrewActions(*cast("Any", [None for one in fields(CrewActions) if one.init])).table()
    )


@pytest.mark.parametrize(
    ("alias", "values"),
    [("Motion", Motion), ("AlertState", AlertState), ("Decision", Decision)],
)
def test_the_words_that_are_written_out_are_the_engines(alias: str, values: type[Motion]) -> None:
    declared = Declared(TYPES.read_text(encoding="utf-8"))
    assert {json.loads(word) for word in declared.aliases[alias].split(" | ")} == {value.value for value in values}


def test_a_field_on_one_side_only_is_noticed() -> None:
    declared = Declared('export interface Mark {\n  name: string;\n  level: "ok" | "fault";\n  gone?: number[];\n}\n')
    right = {"name": "gps", "level": "ok"}
    assert list(declared.faults("Mark", right, "mark")) == []
    assert declared.unseen() == {("Mark", "gone")}
    assert list(declared.faults("Mark", {**right, "new": 1}, "mark")) == ["mark.new is not declared in Mark"]
    assert list(declared.faults("Mark", {"name": "gps"}, "mark")) == ["mark.level of Mark is not sent"]
    assert len(list(declared.faults("Mark", {**right, "level": "odd", "gone": ["x"]}, "mark"))) == 2
