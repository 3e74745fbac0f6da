"""Sound from the engine's own host."""

import dataclasses
from pathlib import Path

import pytest

from anpr.alerting.decisions import Choice, Decision
from anpr.errors import Failure
from anpr.screen import host_sound
from anpr.screen.host_sound import PAGE_SOUNDS_WITHIN_S, CommandPlayer, HostSound, Player, find_player
from anpr.screen.rules import screen_rules
from anpr.screen.sounds import NAMES, sound_wav
from anpr.values import AlertStep, StepKind
from tests.anpr.screen.conftest import RecordingPlayer, until
from tests.anpr.screen.desk import MemoryDesk


class Stage:
    def __init__(self, player: Player | None) -> None:
        self.desk = MemoryDesk()
        self.now = 0.0
        self.page = False
        self.sound = HostSound(self.desk, screen_rules(), player, lambda: self.page, lambda: self.now)


@pytest.fixture
def stage(player: RecordingPlayer) -> Stage:
    return Stage(player)


def test_without_a_page_the_host_sounds_at_once(stage: Stage, player: RecordingPlayer) -> None:
    stage.desk.hit("AB51CDE", "PNC wanted")
    assert stage.sound.turn() is None
    assert player.played == ["urgent"]
    stage.sound.turn()
    assert player.played == ["urgent"]


def test_a_page_that_sounds_keeps_the_host_silent(stage: Stage, player: RecordingPlayer) -> None:
    stage.page = True
    number = stage.desk.hit("AB51CDE")
    assert stage.sound.turn() == pytest.approx(PAGE_SOUNDS_WITHIN_S)
    stage.sound.page_sounded(number)
    stage.now = 1.0
    stage.sound.turn()
    assert player.played == []


def test_a_page_that_stays_silent_is_stood_in_for(stage: Stage, player: RecordingPlayer) -> None:
    stage.page = True
    stage.desk.hit("AB51CDE", "Local VOI")
    stage.sound.turn()
    stage.now = PAGE_SOUNDS_WITHIN_S + 0.01
    stage.sound.turn()
    assert player.played == ["alert"]


def test_many_at_once_are_one_sound_the_loudest(stage: Stage, player: RecordingPlayer) -> None:
    for name in ("No tax", "PNC wanted", "Local VOI"):
        stage.desk.hit("AB51CDE", name)
    stage.sound.turn()
    assert player.played == ["urgent"]


def test_withdrawals_sound_muted_and_seen_alerts_do_not(stage: Stage, player: RecordingPlayer) -> None:
    number = stage.desk.hit("AB51CDE")
    stage.sound.turn()
    stage.desk.revise(number, state="withdrawn")
    stage.sound.turn()
    stage.desk.mute("No tax", True, "x")
    stage.desk.hit("AB51CDF", "No tax")
    seen = stage.desk.hit("AB51CDG")
    stage.desk.acknowledge(seen, "x")
    stage.sound.turn()
    assert player.played == ["urgent", "withdrawn"]


def test_a_missing_or_broken_player_is_a_visible_fault(tmp_path: Path) -> None:
    assert Stage(None).sound.mark().level == "fault"
    broken = CommandPlayer(str(tmp_path / "no such player"), tmp_path)
    with pytest.raises(Failure):
        broken.play("note")
    stage = Stage(broken)
    assert stage.sound.mark().level == "ok"
    stage.desk.hit("AB51CDE")
    stage.sound.turn()
    assert stage.sound.mark().level == "fault"
    stage.page = True
    assert stage.sound.mark().level == "ok"


def test_the_command_plays_our_file(tmp_path: Path) -> None:
    player = tmp_path / "player.sh"
    player.write_text('#!/bin/sh\ncp "$1" "$(dirname "$1")/heard.wav"\n')
    player.chmod(0o755)
    command = CommandPlayer(str(player), tmp_path)
    command.play("alert")
    assert command._running is not None
    command._running.wait(10)
    assert (tmp_path / "heard.wav").read_bytes() == sound_wav("alert")


def test_alerts_that_wait_already_are_taken_as_heard_and_new_ones_wake_the_thread(
    stage: Stage, player: RecordingPlayer
) -> None:
    stage.desk.hit("AB51CDE", "PNC wanted")
    stage.sound.start()
    stage.desk.hit("AB51CDF", "No tax")
    until(lambda: player.played)
    stage.sound.stop()
    assert player.played == ["note"]
    assert stage.desk.changed == []  # it has unsubscribed


def test_a_corrected_mark_sounds_again_and_a_repeated_state_does_not(stage: Stage, player: RecordingPlayer) -> None:
    number = stage.desk.hit("AB51CDE", "PNC wanted")
    stage.sound.turn()
    stage.desk.revise(number, probability=0.99)
    stage.sound.turn()
    assert player.played == ["urgent"]
    alert = stage.desk.alerts[number]
    stage.desk.revise(
        number,
        listed=tuple(
            dataclasses.replace(row, entry=dataclasses.replace(row.entry, vrm="AB51CDF")) for row in alert.listed
        ),
    )
    stage.sound.turn()
    assert player.played == ["urgent", "urgent"]


def test_a_further_list_and_a_hit_that_holds_after_all_sound_again(stage: Stage, player: RecordingPlayer) -> None:
    number = stage.desk.hit("AB51CDE", "No tax")
    steps = [AlertStep(StepKind.RAISED, stage.desk.now)]
    stage.desk.revise(number, steps=tuple(steps))
    stage.sound.turn()
    assert player.played == ["note"]
    for state, kind in (
        ("raised", StepKind.FURTHER_LIST),
        ("withdrawn", StepKind.WITHDRAWN),
        ("raised", StepKind.RAISED_AGAIN),
        ("raised", StepKind.SEEN_AGAIN),
    ):
        steps.append(AlertStep(kind, stage.desk.now))
        stage.desk.revise(number, state=state, steps=tuple(steps))
        stage.sound.turn()
    assert player.played == ["note", "note", "withdrawn", "note"]


def test_what_is_still_shown_is_never_forgotten(
    stage: Stage, player: RecordingPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_sound, "_REMEMBERED", 3)
    stage.desk.hit("AB51CDE", "PNC wanted")
    for n in range(6):
        gone = stage.desk.hit(f"AB5{n}CDF", "PNC wanted")
        stage.sound.turn()
        stage.desk.decide(gone, Choice(Decision.NO_ACTION), "x")
    heard = len(player.played)
    stage.sound.turn()
    assert len(player.played) == heard == 6  # the first two at once


def test_a_new_sound_ends_the_one_that_plays(tmp_path: Path) -> None:
    script = tmp_path / "player.sh"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    command = CommandPlayer(str(script), tmp_path)
    command.play("alert")
    first = command._running
    command.play("urgent")
    assert first is not None
    assert first.poll() == -9
    assert command._running is not None
    command._running.kill()
    command._running.wait(10)


def test_the_first_player_of_the_system_is_taken_with_its_files_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_player(tmp_path) is None
    for name in ("aplay", "paplay"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    found = find_player(tmp_path)
    assert isinstance(found, CommandPlayer)
    assert found._command == str(tmp_path / "paplay")
    assert {path.name for path in tmp_path.glob("*.wav")} == {f"{name}.wav" for name in NAMES}


def test_a_desk_that_fails_in_the_thread_is_a_visible_fault(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.sound.start()

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(stage.desk, "state", broken)
    stage.desk.tell()
    until(lambda: stage.sound.mark().level == "fault")
    assert stage.sound.mark().text == "No sound: RuntimeError in the sound thread"
    stage.sound.stop()
