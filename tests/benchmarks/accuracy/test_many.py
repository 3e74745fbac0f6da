"""Many clips: each bad one is named and the rest finished, nothing is done twice, a cluster gives the same."""

from pathlib import Path

import pytest

from anpr.errors import ConfigError, Failure
from benchmarks.accuracy.clips import ClipJob, ClipResult, store, stored
from benchmarks.accuracy.many import run_jobs
from tests.benchmarks.made_clips import clip_jobs


def same(one: ClipResult, other: ClipResult) -> bool:
    return (one.clip, one.outcomes, one.summary, one.error) == (other.clip, other.outcomes, other.summary, other.error)


def test_all_clips_are_measured_in_order_and_told_of(tmp_path: Path) -> None:
    told: list[str] = []
    jobs = clip_jobs(tmp_path)
    results, troubles = run_jobs(jobs, tmp_path / "out", workers=2, done=lambda result: told.append(result.clip))
    assert [result.clip for result in results] == ["day-000.mp4", "day-001.mp4", "day-002.mp4"]
    assert sorted(told) == sorted(result.clip for result in results)
    assert not troubles
    assert [result.outcomes[0].told[0].right for result in results] == [True, False, True]
    assert all(result.cpu_s >= 0 and result.wall_s > 0 and result.video_s == 2.0 for result in results)


def test_a_second_run_takes_what_is_stored(tmp_path: Path) -> None:
    jobs = clip_jobs(tmp_path)
    first, _ = run_jobs(jobs[:2], tmp_path / "out", workers=1)
    (tmp_path / "day-000.mp4.crash").touch()
    again, _ = run_jobs(jobs, tmp_path / "out", workers=1)
    assert again[:2] == first
    assert not again[2].error
    newer = ClipJob(jobs[0].truth, jobs[0].command, "2")
    assert stored(tmp_path / "out", newer) is None
    assert "the clip is broken" in run_jobs([newer], tmp_path / "out", workers=1)[0][0].error


def test_each_bad_clip_is_named_and_the_rest_finished(tmp_path: Path) -> None:
    jobs = clip_jobs(tmp_path, 4)
    jobs[0].truth.write_text('{"format": "patrol-anpr-truth/1", "clip": "day-000.mp4"}', encoding="utf-8")
    (tmp_path / "day-001.mp4.kill").touch()
    (tmp_path / "day-002.mp4").unlink()
    results, _ = run_jobs(jobs, tmp_path / "out", workers=2)
    assert "day-000.truth.json" in results[0].error
    assert "'vehicles' is missing" in results[0].error
    assert "day-001" in results[1].error
    assert "signal 9" in results[1].error
    assert "day-002.mp4 is not beside it" in results[2].error
    assert not results[3].error
    assert results[3].outcomes[0].vrm == "Z1"


def test_results_that_cannot_be_kept_are_still_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be", encoding="utf-8")
    results, troubles = run_jobs(clip_jobs(tmp_path, 2), tmp_path / "out", workers=1)
    assert all(not result.error and result.outcomes for result in results)
    assert len(troubles) == 2
    assert "cannot be written" in troubles[0]
    assert "cannot be written" in store(tmp_path / "out" / "deeper", results[0])


def test_no_scheduler_is_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises((Failure, ConfigError), match=r"127\.0\.0\.1:9"):
        run_jobs(clip_jobs(tmp_path, 1), tmp_path / "out", workers=1, dask="tcp://127.0.0.1:9")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_cluster_that_loses_a_worker_gives_what_a_local_run_gives(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    jobs = clip_jobs(tmp_path, 4)
    local, _ = run_jobs(jobs, tmp_path / "local", workers=1)
    (tmp_path / "day-002.mp4.kill_parent").touch()
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        spread, _ = run_jobs(jobs, tmp_path / "spread", workers=1, dask=cluster.scheduler_address)
    assert not (tmp_path / "day-002.mp4.kill_parent").exists()
    assert all(same(one, other) for one, other in zip(local, spread, strict=True))
