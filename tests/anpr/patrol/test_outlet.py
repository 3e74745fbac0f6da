from typing import NoReturn

from anpr.patrol.outlet import Outlet


def test_everybody_who_listens_gets_each_item_in_order() -> None:
    heard: list[tuple[str, int]] = []
    outlet: Outlet[int] = Outlet()
    outlet(1)
    outlet.listen(lambda item: heard.append(("first", item)))
    outlet.listen(lambda item: heard.append(("second", item)))
    outlet(2)
    assert heard == [("first", 2), ("second", 2)]


def test_a_listener_that_fails_is_told_and_harms_nobody() -> None:
    heard: list[int] = []
    failures: list[str] = []

    def broken(item: int) -> NoReturn:
        raise BrokenPipeError(f"nobody takes {item}")

    def worse(error: Exception) -> NoReturn:
        raise RuntimeError("telling it fails as well")

    outlet: Outlet[int] = Outlet()
    outlet.listen(broken, lambda error: failures.append(str(error)))
    outlet.listen(broken, worse)
    outlet.listen(broken)
    outlet.listen(heard.append)
    outlet(1)
    outlet(2)
    assert heard == [1, 2]
    assert failures == ["nobody takes 1", "nobody takes 2"]
