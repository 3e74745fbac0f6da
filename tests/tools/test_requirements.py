"""The lock files: whole, in step with pyproject.toml, and free of addresses."""

import re
import tomllib
from collections.abc import Iterable

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.room import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CAR = PROJECT["project"]["dependencies"]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]
BUILD = PROJECT["build-system"]["requires"]
MACHINES = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": system}
    for version in ("3.11", "3.12", "3.13", "3.14")
    for system in ("linux", "win32")
]


def text_of(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")


def pins(name: str) -> list[tuple[Requirement, int]]:
    """Return each pin with the number of its hashes."""
    joined = re.sub(r"#.*", "", text_of(name)).replace("\\\n", " ")
    lines = [line.split("--hash=sha256:") for line in joined.splitlines() if line.strip()]
    return [(Requirement(line[0].strip()), len(line) - 1) for line in lines]


def pinned(name: str, machine: dict[str, str]) -> dict[str, str]:
    """Return name and version of each package that a machine gets."""
    got: dict[str, str] = {}
    for pin, _ in pins(name):
        if pin.marker is None or pin.marker.evaluate(dict(machine)):
            assert canonicalize_name(pin.name) not in got, f"{pin.name} twice for {machine}"
            (only,) = pin.specifier
            got[canonicalize_name(pin.name)] = only.version
    return got


@pytest.mark.parametrize("name", ["car", "dev"])
def test_every_package_is_pinned_and_hashed_and_no_address_is_named(name: str) -> None:
    for pin, hashes in pins(name):
        assert [one.operator for one in pin.specifier] == ["=="], pin
        assert hashes >= 1, pin
        assert pin.url is None
    assert re.findall(r"://|^--|@ ", re.sub(r"    --hash", "", text_of(name)), re.MULTILINE) == []


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m['sys_platform']}-{m['python_version']}")
def test_the_locks_hold_what_the_project_asks_for(machine: dict[str, str]) -> None:
    for name, wanted in (("car", [*CAR, *BUILD]), ("dev", [*CAR, *BUILD, *DEV])):
        got = pinned(name, machine)
        assert unmet(wanted, got, machine) == [], f"requirements/{name}.lock is behind pyproject.toml: run make lock"
    assert pinned("car", machine).items() <= pinned("dev", machine).items()


def unmet(wanted: Iterable[str], got: dict[str, str], machine: dict[str, str]) -> list[str]:
    asked = [Requirement(words) for words in wanted]
    asked = [one for one in asked if one.marker is None or Marker(str(one.marker)).evaluate(dict(machine))]
    return [
        str(one)
        for one in asked
        if not one.specifier.contains(got.get(canonicalize_name(one.name), "0"), prereleases=True)
    ]


def test_what_is_built_with_is_locked_as_it_is_asked_for() -> None:
    lines = (ROOT / "requirements" / "build.in").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == BUILD
