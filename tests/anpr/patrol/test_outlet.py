from anpr.patrol.outlet import Outlet


def test_everybody_who_listens_gets_each_item_in_order() -> None:
    heard: list[tuple[str, int]] = []
    outlet: Outlet[int] = Outlet()
    outlet(1)
    outlet.listen(lambda item: heard.append(("first", item)))
    outlet.listen(lambda item: heard.append(("second", item)))
    outlet(2)
    assert heard == [("first", 2), ("second", 2)]
