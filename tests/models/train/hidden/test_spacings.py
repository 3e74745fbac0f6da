from anpr.perception.character_places import Place
from models.train.hidden.spacings import told


def test_whole_plates_and_those_without_a_character_are_told_apart_by_where_they_are_from() -> None:
    even: list[Place | None] = [Place(0.15 + 0.11 * i + 0.04 * (i > 3), 0) for i in range(7)]
    found = told(iter([("British", "KX24CDE", even), ("others", "KX24CDE", even)]))
    assert {name: len(chances) for name, chances in found.items()} == {
        f"{origin}, {kind}": count
        for origin in ("British", "others")
        for kind, count in (
            ("whole", 1),
            ("without the first", 1),
            ("without an inner one", 5),
            ("without the last", 1),
        )
    }
    assert max(found["British, whole"]) < 0.01
    assert min(found["British, without an inner one"]) > 0.1
