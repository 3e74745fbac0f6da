"""Sound from the engine's own host."""

from pathlib import Path

import pytest

from anpr.errors import Failure
from anpr.screen.host_sound import PAGE_SOUNDS_WITHIN_S, CommandPlayer, HostSound, Player
from anpr.screen.rules import screen_rules
from anpr.screen.sounds import sound_wav
from tests.anpr.screen.conftest import RecordingPlayer
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
