"""The benchmarks as a developer runs them: each function gives a section of the report and shows its progress."""

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from anpr.errors import Failure
from benchmarks.accuracy.clips import ClipJob, ClipResult
from benchmarks.accuracy.cut_outs import cut_out_plates
from benchmarks.accuracy.drive_sets import clip_hashes, make_sets
from benchmarks.accuracy.failures import every_failure, worst_failures
from benchmarks.accuracy.hidden_drives import hidden_section, planned, run_hidden_drives
from benchmarks.accuracy.many import run_jobs
from benchmarks.accuracy.programs import OWN_ENGINE, engine_fingerprint
from benchmarks.accuracy.stills import labelled, stills_section
from benchmarks.accuracy.stress import (
    count_levels,
    labelled_plates,
    own_end_finder,
    own_reader,
    run_stress,
    stress_section,
)
from benchmarks.accuracy.truth_file import truths_in
from benchmarks.report.sections import clip_rows, clip_section

OUT: Final = Path(__file__).parent / "out"
"""Where clips and results go unless the user names a folder."""
OWN_IMPORT: Final = f"{shlex.quote(sys.executable)} -m anpr --data {{data}} hotlist import {{file}} --list bench"
DEFAULT_JOBS: Final = max((os.cpu_count() or 2) // 2, 1)
MAKERS: Final = os.cpu_count() or 2
"""Clips made at a time: making them is not timed, measuring is."""


def progress(quiet: bool) -> AbstractContextManager[Progress]:
    """Return a progress display on stderr, silent for `--json`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet)


def clip_jobs(truths: list[Path], program: str) -> list[ClipJob]:
    """Return the jobs for truth files; an empty `program` is this project's engine, with hotlists to time alerts."""
    if program:
        return [ClipJob(path, program, program) for path in truths]
    command = OWN_ENGINE + " --hotlists {hotlists}"
    version = engine_fingerprint()
    return [ClipJob(path, command, version, OWN_IMPORT) for path in truths]


def measure_clips(
    title: str, truths: list[Path], *, out: Path, jobs: int, dask: str, program: str, quiet: bool,
    failures: Callable[[list[Path], list[ClipResult]], list[dict[str, Any]]] = worst_failures,
) -> dict[str, Any]:  # fmt: skip
    """Replay every clip and return the section; `failures` chooses which of them are shown with their pictures."""
    work = clip_jobs(truths, program)
    with progress(quiet) as shown:
        task = shown.add_task("replay clips", total=len(work))
        results, troubles = run_jobs(work, out / "results", workers=jobs, dask=dask, done=lambda _: shown.advance(task))
    section = clip_section(title, results, troubles)
    section["worst"] = failures(truths, results)
    section["per_clip"] = clip_rows(results)
    section["clip_names"] = [result.clip for result in results]
    return section


def drives_folder(out: Path, seed: int, seconds: float) -> Path:
    """Return where the made clips of a seed and length lie."""
    return out / f"drives-{seed}-{seconds:g}s"


def drives(
    counts: Mapping[str, int], *, seed: int, seconds: float, out: Path, jobs: int, dask: str = "", program: str = "",
    backgrounds: Path | None = None, quiet: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Make the clips of the sets (those that are not there yet), replay them, and return the section."""
    folder = drives_folder(out, seed, seconds)
    with progress(quiet) as shown:
        task = shown.add_task("make clips", total=sum(counts.values()))
        made = make_sets(
            counts, folder, seed=seed, seconds=seconds, workers=max(jobs, MAKERS), backgrounds=backgrounds,
            done=lambda _: shown.advance(task),
        )  # fmt: skip
    good = [clip.truth for clip in made if not clip.error]
    if not good:
        raise Failure(f"no clip could be made: {made[0].error}")
    section = measure_clips("Made drives", good, out=out, jobs=jobs, dask=dask, program=program, quiet=quiet)
    section["errors"] += [clip.error for clip in made if clip.error]
    section["clip_sha256"] = clip_hashes(made)
    return section


def own_clips(
    folder: Path, *, out: Path, jobs: int, dask: str = "", program: str = "", quiet: bool = False
) -> dict[str, Any]:
    """Replay the clips of a folder and return the section; raises InputError when it holds no truth files."""
    truths = truths_in(folder)
    return measure_clips(
        f"Clips of {folder}", truths, out=out, jobs=jobs, dask=dask, program=program, quiet=quiet,
        failures=every_failure,
    )  # fmt: skip


def stills(folder: Path, peers: tuple[str, ...], *, most: int = 0, quiet: bool = False) -> dict[str, Any]:
    """Read the cut-out plates of a folder with every reader and return the section."""
    pictures = labelled(folder)
    if most:
        pictures = pictures[:: max(len(pictures) // most, 1)][:most]
    with progress(quiet) as shown:
        task = shown.add_task("read plates", total=len(pictures) * (1 + len(peers)))
        return stills_section(f"Readers on {folder.name}", pictures, peers, lambda: shown.advance(task))


def stress(
    folder: Path, *, limit: int = 0, seed: int = 1, kinds: tuple[str, ...] = (), quiet: bool = False
) -> dict[str, Any]:
    """Put the labelled plates of a folder under stress, read them as `anpr read` does, and return the section."""
    plates = labelled_plates(folder, limit, seed)
    levels = count_levels(kinds)
    with progress(quiet) as shown:
        task = shown.add_task("read plates", total=len(plates) * levels)
        passed = run_stress(
            plates, own_reader(), own_end_finder(), kinds=kinds, seed=seed, tick=lambda: shown.advance(task)
        )
    return stress_section(f"Stress on plates of {folder.name}", passed)


def hidden_drives(
    passes: int, *, seed: int, out: Path, hiders: tuple[str, ...] = (), quiet: bool = False
) -> dict[str, Any]:
    """Make drives of vehicles with a character hidden (those that are not there yet), play them, and return the section."""
    plans = planned(passes, seed, hiders) if hiders else planned(passes, seed)
    with progress(quiet) as shown:
        task = shown.add_task("play passes", total=passes)
        outcomes = run_hidden_drives(plans, out / f"hidden-{seed}", lambda: shown.advance(task))
    return hidden_section("Made drives with a character hidden", outcomes)


def readers_on_drives(
    counts: Mapping[str, int], peers: tuple[str, ...], *, seed: int, seconds: float, out: Path, jobs: int,
    backgrounds: Path | None = None, quiet: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Cut one plate of each legible vehicle out of the made drives, read them with every reader; return the section."""
    made = make_sets(
        counts,
        drives_folder(out, seed, seconds),
        seed=seed,
        seconds=seconds,
        workers=max(jobs, MAKERS),
        backgrounds=backgrounds,
    )
    errors = [clip.error for clip in made if clip.error]
    with tempfile.TemporaryDirectory(prefix="cut-outs-") as folder, progress(quiet) as shown:
        pictures, unused = cut_out_plates([clip.truth for clip in made if not clip.error], Path(folder))
        if not pictures:
            raise Failure("; ".join(["no made drive has a legible plate to cut out", *errors, *unused]))
        task = shown.add_task("read plates of drives", total=len(pictures) * (1 + len(peers)))
        section = stills_section("Readers on plates of made drives", pictures, peers, lambda: shown.advance(task))
    section["errors"] = errors + unused + section["errors"]
    return section


def save(report: dict[str, Any], path: Path) -> None:
    """Write the report as JSON; raises Failure when it cannot be written."""
    save_text(json.dumps(report), path)


def save_text(text: str, path: Path) -> None:
    """Write a file, its folder made if need be; raises Failure when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written ({error.strerror}): free space or name another file") from error
