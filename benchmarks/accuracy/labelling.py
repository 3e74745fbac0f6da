"""One person's labels of one clip: an answer for each passing in turn, undo, and where it goes on after a pause.

What the engine read of a passing is told only by `compared`, after that passing has its answer.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from anpr.errors import Failure, InputError
from anpr.vrm import ALPHABET, normalise
from benchmarks.accuracy.passings import Found, Look, Passing, best_looks
from benchmarks.accuracy.truth_file import ENDING, FORMAT

PROGRESS: Final = ".labels.json"
PROGRESS_FORMAT: Final = "patrol-anpr-labels/1"
LONGEST: Final = 12
"""Characters of a mark."""


class Kind(StrEnum):
    """What a person says of a passing; `MISSED` is a vehicle that was no passing."""

    MARK = "mark"
    UNREADABLE = "unreadable"
    NO_PLATE = "no_plate"
    SAME = "same"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: of the next passing, or of a missed vehicle with its seconds."""

    kind: Kind
    vrm: str = ""
    first_s: float = 0.0
    last_s: float = 0.0


@dataclass(slots=True)
class Labelling:
    """The labels of a clip so far; every change is in the progress file before it returns."""

    clip: Path
    found: Found
    light: str
    weather: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many passings have an answer."""
        return sum(answer.kind is not Kind.MISSED for answer in self.answers)

    @property
    def complete(self) -> bool:
        """Whether every passing has one."""
        return self.done == len(self.found.passings)

    def answer(self, number: int, kind: Kind, vrm: str = "") -> None:
        """Answer passing `number`, which must be the next one; raises InputError for what cannot be."""
        if number != self.done or self.complete:
            raise InputError(f"passing {number + 1} is not the next one: reload the page")
        if kind is Kind.MISSED:
            raise InputError("a missed vehicle is no passing")
        if kind is Kind.SAME and not any(one.kind is Kind.MARK for one in self.answers):
            raise InputError("there is no vehicle before this one")
        self._add(Answer(kind, mark_of(vrm) if kind is Kind.MARK else ""))

    def add_missed(self, vrm: str, first_s: float, last_s: float) -> None:
        """Add a vehicle that the engine never found; raises InputError for what is no mark or time span of the clip."""
        length_s = self.found.frames / self.found.fps
        if not 0 <= first_s <= last_s <= length_s + 1:
            raise InputError(f"{first_s:g} to {last_s:g} s is no time span within the clip's {length_s:.1f} s")
        self._add(Answer(Kind.MISSED, mark_of(vrm), round(first_s, 2), round(last_s, 2)))

    def undo(self) -> None:
        """Take the last answer back; nothing where there is none."""
        if self.answers:
            self._keep(self.answers[:-1])

    def compared(self) -> tuple[str, Passing] | None:
        """Return the mark that was typed last and its passing, None when the last answer was none of a mark."""
        if not self.answers or self.answers[-1].kind is not Kind.MARK:
            return None
        return self.answers[-1].vrm, self.found.passings[self.done - 1]

    def truth(self) -> dict[str, Any]:
        """Return the truth file's content."""
        vehicles: list[Passing] = []
        aside: dict[Kind, list[dict[str, Any]]] = {Kind.UNREADABLE: [], Kind.NO_PLATE: []}
        of_passings = [answer for answer in self.answers if answer.kind is not Kind.MISSED]
        for answer, passing in zip(of_passings, self.found.passings, strict=False):
            if answer.kind is Kind.MARK:
                vehicles.append(replace(passing, text=answer.vrm))
            elif answer.kind is Kind.SAME:
                last = vehicles[-1]
                vehicles[-1] = replace(
                    last, first_s=min(last.first_s, passing.first_s), last_s=max(last.last_s, passing.last_s),
                    looks=best_looks((*last.looks, *passing.looks)),
                )  # fmt: skip
            else:
                aside[answer.kind].append(_span(passing))
        missed = [Passing(one.first_s, one.last_s, (), one.vrm) for one in self.answers if one.kind is Kind.MISSED]
        rows = [{"vrm": one.text, **_span(one), **_picture(one, self.clip)} for one in (*vehicles, *missed)]
        return {
            "format": FORMAT, "clip": self.clip.name, "fps": self.found.fps, "frames": self.found.frames,
            "light": self.light, "weather": self.weather,
            "vehicles": sorted(rows, key=lambda row: float(row["first_s"])),
            "unreadable": aside[Kind.UNREADABLE], "no_plate": aside[Kind.NO_PLATE],
        }  # fmt: skip

    def _add(self, answer: Answer) -> None:
        self._keep([*self.answers, answer])

    def _keep(self, answers: list[Answer]) -> None:
        before, self.answers = self.answers, answers
        try:
            self.save()
        except Failure:
            self.answers = before
            raise

    def save(self) -> None:
        """Write the progress file, and the truth file once every passing has its answer; raises Failure."""
        progress = {
            "format": PROGRESS_FORMAT, "light": self.light, "weather": self.weather, "found": asdict(self.found),
            "answers": [asdict(answer) for answer in self.answers],
        }  # fmt: skip
        _write(progress_beside(self.clip), progress)
        if self.complete:
            _write(truth_beside(self.clip), self.truth())


def resumed(clip: Path) -> Labelling | None:
    """Return the labelling of a clip that was begun earlier, None when there is none.

    Raises InputError for a progress file that cannot be used, and for a clip that was labelled without one.
    """
    path = progress_beside(clip)
    if not path.exists():
        if truth_beside(clip).exists():
            raise InputError(f"{truth_beside(clip)} is there already: move it away to label {clip.name} anew")
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = content["found"] if content["format"] == PROGRESS_FORMAT else {}
        passings = tuple(
            Passing(**{**one, "looks": tuple(Look(**{**look, "box": tuple(look["box"])}) for look in one["looks"])})
            for one in found["passings"]
        )
        answers = [Answer(**{**one, "kind": Kind(one["kind"])}) for one in content["answers"]]
        return Labelling(
            clip, Found(found["fps"], found["frames"], passings), content["light"], content["weather"], answers
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no progress of labelling; move it away to begin anew") from error


def mark_of(typed: str) -> str:
    """Return what was typed as a mark; raises InputError for what is none."""
    vrm = normalise(typed)
    if not vrm or len(vrm) > LONGEST or any(c not in ALPHABET for c in vrm):
        raise InputError(f"a mark has 1 to {LONGEST} letters and digits")
    return vrm


def truth_beside(clip: Path) -> Path:
    """Return where the truth of a clip or folder of frames belongs."""
    return clip.with_name(_stem(clip) + ENDING)


def progress_beside(clip: Path) -> Path:
    """Return where the progress of labelling it is kept."""
    return clip.with_name(_stem(clip) + PROGRESS)


def _stem(clip: Path) -> str:
    return clip.name if clip.is_dir() else clip.stem


def _span(passing: Passing) -> dict[str, Any]:
    return {"first_s": round(passing.first_s, 2), "last_s": round(passing.last_s, 2)}


def _picture(passing: Passing, clip: Path) -> dict[str, Any]:
    if not passing.looks:
        return {}
    look = passing.looks[0]
    return {"picture": {"frame": look.name if clip.is_dir() else look.index, "box": [round(v, 1) for v in look.box]}}


def _write(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise Failure(f"{path} cannot be written ({error.strerror}): free space or make the folder writable") from error


def progress_words(labelling: Labelling) -> str:
    """Return where the labelling stands, in one sentence."""
    if labelling.complete:
        count = len(labelling.truth()["vehicles"])
        return f"{count} vehicle{'' if count == 1 else 's'} in {truth_beside(labelling.clip)}"
    return (
        f"{labelling.done} of {len(labelling.found.passings)} passings labelled; the same command goes on with the rest"
    )
