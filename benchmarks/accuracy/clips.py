"""One clip measured: replayed by a program, judged by its truth. The unit of work of local and cluster runs."""

import csv
import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from anpr.errors import AnprError
from benchmarks.accuracy.outcomes import Outcome, outcomes
from benchmarks.accuracy.programs import Run, arguments, run_program
from benchmarks.accuracy.replayed import Replayed, parse
from benchmarks.accuracy.truth_file import ClipTruth, load_truth

TIMEOUT_S: Final = 1800.0


@dataclass(frozen=True, slots=True)
class ClipJob:
    """What to do: a truth file (its clip lies beside it), the program, and the program's version.

    `import_command` puts a hotlist of all marks of the clip into a file, so that alerts can be timed; empty: no
    hotlist, and no times of alerts.
    """

    truth: Path
    command: str
    version: str
    import_command: str = ""

    @property
    def key(self) -> str:
        """A name for the result that changes with anything that decides it."""
        told = "\n".join([self.command, self.version, self.import_command, str(self._clip_bytes())])
        content = self.truth.read_bytes() if self.truth.is_file() else b""
        return hashlib.sha256(told.encode() + content).hexdigest()[:20]

    def _clip_bytes(self) -> int:
        """Return the size of the clip, or of all files of a folder of frames; 0 where there is none."""
        try:
            clip = load_truth(self.truth).clip
            files = clip.iterdir() if clip.is_dir() else [clip]
            return sum(file.stat().st_size for file in files)
        except (AnprError, OSError):
            return 0


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What came of it; `error` is one sentence when the clip could not be measured, and then the rest is empty."""

    clip: str
    key: str
    error: str = ""
    outcomes: tuple[Outcome, ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)
    video_s: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    memory_bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return a plain dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, item: dict[str, Any]) -> "ClipResult":
        """Return the result that `as_json` gave."""
        return cls(**{**item, "outcomes": tuple(Outcome.from_json(one) for one in item["outcomes"])})


def measure(job: ClipJob) -> ClipResult:
    """Measure one clip; what goes wrong is in the result's `error`, by the clip's name."""
    result = ClipResult(job.truth.name, job.key)
    try:
        truth = load_truth(job.truth)
        with tempfile.TemporaryDirectory(prefix="patrol-bench-") as folder:
            hotlists = _hotlists(job, truth, Path(folder))
            command = arguments(job.command, clip=truth.clip, hotlists=hotlists)
            run = run_program(command, TIMEOUT_S)
        return _judged(job, truth, run, parse(run.lines))
    except AnprError as error:
        return replace(result, error=f"{job.truth.name}: {error}")
    except OSError as error:
        return replace(result, error=f"{job.truth.name}: {error.strerror or error}")


def _hotlists(job: ClipJob, truth: ClipTruth, folder: Path) -> Path:
    """Make a hotlists file that holds every mark of the clip, by the program's own import."""
    if job.import_command:
        listed = folder / "bench.csv"
        with listed.open("w", newline="", encoding="utf-8") as file:
            rows = sorted({vehicle.vrm for vehicle in truth.vehicles})
            csv.writer(file).writerows([vrm, "", "", "", "STOP", *[""] * 11] for vrm in rows)
        run_program(arguments(job.import_command, data=folder, file=listed), 120.0)
    return folder / "hotlists.db"


def _judged(job: ClipJob, truth: ClipTruth, run: Run, said: Replayed) -> ClipResult:
    frames = truth.frames or int(said.summary.get("frames", 0))
    return ClipResult(
        clip=truth.clip.name,
        key=job.key,
        outcomes=tuple(outcomes(truth, said)),
        summary=said.summary,
        video_s=frames / truth.fps,
        wall_s=run.wall_s,
        cpu_s=run.cpu_s,
        memory_bytes=run.memory_bytes,
    )


def stored(folder: Path, job: ClipJob) -> ClipResult | None:
    """Return the result of an earlier run of the same job, or None; failures are tried again."""
    path = folder / f"{job.key}.json"
    try:
        result = ClipResult.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if result.error else result


def store(folder: Path, result: ClipResult) -> str:
    """Keep a result for later runs; returns a sentence when that failed (a full disk), else nothing."""
    path, draft = folder / f"{result.key}.json", folder / f"{result.key}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(result.as_json()), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        return f"{path} cannot be written ({error.strerror}): free space; the result of {result.clip} is in this report only"
    return ""
