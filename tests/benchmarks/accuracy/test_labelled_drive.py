"""Replays judged by the labels of their frames."""

from typing import Any

from benchmarks.accuracy.labelled_drive import score

BOX = [100.0, 100.0, 200.0, 125.0]
AWAY = [500.0, 100.0, 600.0, 125.0]


def label(file: str, *plates: tuple[list[float], str | None, str]) -> dict[str, Any]:
    return {"file": file, "plates": [{"box": box, "text": text, "legibility": how} for box, text, how in plates]}


def sighting(text: str, *reads: tuple[str, list[float], str], confidence: float = 0.95) -> dict[str, Any]:
    return {
        "text": text,
        "confidence": confidence,
        "reads": [{"frame": frame, "box": box, "text": read} for frame, box, read in reads],
    }


def test_a_vehicle_is_right_when_its_last_text_is_and_plates_count_by_legibility() -> None:
    labels = [label("a", (BOX, "AB12CDE", "clear")), label("b", (BOX, "AB12CDE", "hard"), (AWAY, "KX63PLR", "clear"))]
    result = score(labels, [sighting("AB12CDE", ("a", BOX, "AB12CDE"), ("b", BOX, "A812CDE"))])
    assert (result.vehicles_right, result.clear_vehicles) == (1, 2)
    assert result.missed == ("KX63PLR",)
    assert result.plates == {"clear": (2, 1, 1), "hard": (1, 1, 0)}
    assert (result.merged, result.sightings_of_vehicles, result.confirmed_wrong) == (0, 1, 0)


def test_a_sighting_over_two_vehicles_is_merged() -> None:
    labels = [label("a", (BOX, "AB12CDE", "clear"), (AWAY, "KX63PLR", "clear"))]
    assert score(labels, [sighting("AB12CDE", ("a", BOX, "AB12CDE"), ("a", AWAY, "KX63PLR"))]).merged == 1


def test_strange_texts_count_once_sure_and_those_on_unreadable_plates_are_told_apart() -> None:
    labels = [label("a", (BOX, None, "unreadable"), (AWAY, "KX63PLR", "clear"))]
    sightings = [
        sighting("TR95AFL", ("a", BOX, "TR95AFL")),
        sighting("KX63PLB", ("a", AWAY, "KX63PLB")),
        sighting("SHOP24", ("a", [900.0, 10.0, 990.0, 40.0], "SHOP24")),
        sighting("UNSURE1", ("a", [900.0, 10.0, 990.0, 40.0], "UNSURE1"), confidence=0.5),
    ]
    result = score(labels, sightings)
    assert result.wrong_texts == ("TR95AFL", "KX63PLB", "SHOP24")
    assert (result.confirmed, result.confirmed_wrong, result.wrong_on_unreadable) == (3, 3, 1)
