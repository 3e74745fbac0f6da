"""Many clips: local processes side by side, or an existing Dask cluster; the same results either way."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from anpr.errors import ConfigError, Failure
from benchmarks.accuracy.clips import ClipJob, ClipResult, measure, store, stored

Done = Callable[[ClipResult], None]


def run_jobs(
    jobs: Sequence[ClipJob], folder: Path, *, workers: int, dask: str = "", done: Done = lambda _: None
) -> tuple[list[ClipResult], list[str]]:
    """Measure every clip that has no stored result, and return all results in the order of the jobs, and troubles.

    `done` is called with each result as it comes. A clip that fails is named in its result; the rest is finished.
    """
    found: dict[str, ClipResult] = {}
    troubles: list[str] = []
    for job in jobs:
        result = stored(folder, job)
        if result is not None:
            found[job.key] = result
            done(result)
    open_jobs = [job for job in jobs if job.key not in found]
    for result in _on_cluster(open_jobs, dask) if dask else _here(open_jobs, workers):
        found[result.key] = result
        trouble = "" if result.error else store(folder, result)
        if trouble:
            troubles.append(trouble)
        done(result)
    return [found[job.key] for job in jobs], troubles


def _here(jobs: Sequence[ClipJob], workers: int) -> Iterator[ClipResult]:
    """Each clip is a process of its own; a thread for each worker waits for it."""
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        for future in as_completed([pool.submit(measure, job) for job in jobs]):
            yield future.result()


def _on_cluster(jobs: Sequence[ClipJob], address: str) -> Iterator[ClipResult]:
    """Clips must lie under the same path on every machine. A killed worker's clips are given to another."""
    try:
        import distributed  # noqa: PLC0415 - an extra that only this way needs
    except ImportError as error:
        raise ConfigError("--dask needs the extra `cluster`: pip install patrol-anpr[cluster]") from error
    try:
        client = distributed.Client(address, timeout="4s")  # type: ignore[no-untyped-call]
    except OSError as error:
        raise Failure(f"no Dask scheduler answers at {address}: check the address") from error
    with client:
        futures = {client.submit(measure, job, key=f"clip-{job.key}", retries=2): job for job in jobs}
        for future in distributed.as_completed(futures):  # type: ignore[no-untyped-call]
            job = futures[future]
            lost = future.exception()
            yield ClipResult(job.truth.name, job.key, f"{job.truth.name}: {lost}") if lost else future.result()
