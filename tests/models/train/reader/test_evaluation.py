from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from anpr.perception.reader import PlateReader
from models.train.reader.calibration import cross_entropy, rendered_looks
from models.train.reader.evaluation import (
    LEGIBLE,
    Example,
    Outcome,
    calibration_error,
    confusions,
    crop_examples,
    failure_sheet,
    read_as_engine,
    rendered_examples,
    report,
)

pytestmark = pytest.mark.training


def outcome(truth: str, read: str, confidence: float, subset: str = "crops GB") -> Outcome:
    picture = np.zeros((48, 160, 3), np.uint8)
    return Outcome(Example(picture, truth, subset, ("country GB",), "x", picture), read, confidence)


def test_right_only_in_every_character_and_folded_for_look_alikes() -> None:
    assert outcome("AB51", "AB51", 1.0).right
    assert not outcome("AO51", "A051", 1.0).right
    assert outcome("AO51", "A051", 1.0).right_folded


def test_calibration_error_is_zero_for_true_confidence() -> None:
    said = [outcome("A", "A" if i < 9 else "B", 0.9) for i in range(10)]
    assert calibration_error(said) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error([outcome("A", "B", 0.9)] * 10) == pytest.approx(0.9)


def test_confusions_name_replaced_lost_and_added_characters() -> None:
    counted = confusions([outcome("AB51", "A851", 1), outcome("AB51", "A51", 1), outcome("AB51", "AB511", 1)])
    assert counted["B>8"] == 1
    assert counted["B>-"] == 1
    assert counted["->1"] == 1


def test_report_gives_accuracy_by_subset(capsys: pytest.CaptureFixture[str]) -> None:
    measures = report([outcome("A", "A", 0.9), outcome("B", "A", 0.2), outcome("C", "C", 0.9, "drive clear")])
    assert measures["crops GB"] == 0.5
    assert measures["drive clear"] == 1.0
    assert "calibration error" in capsys.readouterr().out


def test_sheet_shows_each_failure() -> None:
    sheet = failure_sheet([outcome("A", "B", 0.5)] * 9 + [outcome("A", "A", 0.5)])
    assert sheet.shape == (168, 8 * 168, 3)


def test_cut_out_plates_are_read_from_a_table(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((30, 90, 3), 60, np.uint8))
    (tmp_path / "labels.tsv").write_text("file\ttext\tcountry\na.png\tAB51CDE\tGB\n", encoding="utf-8")
    example = crop_examples(tmp_path)[0]
    assert (example.text, example.subset) == ("AB51CDE", "crops GB")
    assert (example.picture == 60).all()


def test_rendered_set_is_british_and_repeatable() -> None:
    first, second = rendered_examples(6, seed=1), rendered_examples(6, seed=1)
    assert all(example.groups[0].startswith("GB") for example in first)
    assert all((a.picture == b.picture).all() for a, b in zip(first, second, strict=True))


def test_looks_for_calibration_and_cross_entropy() -> None:
    assert all(len(looks) == 8 for _, looks in rendered_looks(3))
    assert cross_entropy([(0.9, True), (0.1, False)]) < cross_entropy([(0.9, False), (0.1, True)])


def test_read_as_the_engine_reads_by_the_box_or_as_a_whole() -> None:
    (example,) = [e for e in rendered_examples(12) if e.groups == ("GB current", LEGIBLE)][:1]
    frame = np.full((200, 400, 3), 90, np.uint8)
    frame[60:108, 150:310] = example.picture
    boxed = Example(example.picture, example.text, "drive clear", (), "y", frame, (150.0, 60.0, 310.0, 108.0))
    outcomes, seconds = read_as_engine([example, boxed], PlateReader())
    assert [o.example for o in outcomes] == [example, boxed]
    assert all(o.right for o in outcomes)
    assert len(seconds) == 2
    assert min(seconds) > 0
