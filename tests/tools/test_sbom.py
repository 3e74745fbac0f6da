"""The list of what is in the car: valid as CycloneDX, complete, and the same when made again."""

import hashlib
import json
import re
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from anpr.support.version import model_hashes, this_build
from tools.sbom import ROOT, main, sbom


@pytest.fixture(scope="module")
def bom(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("sbom") / "sbom.json"
    main(str(file))
    text = file.read_text("utf-8")
    assert str(ROOT) not in text
    content = json.loads(text)
    assert isinstance(content, dict)
    return content


@pytest.mark.slow
def test_it_is_valid_in_the_version_that_it_claims(bom: dict[str, Any]) -> None:
    validator = JsonStrictValidator(SchemaVersion.from_version(bom["specVersion"]))
    assert validator.validate_str(json.dumps(bom)) is None
    assert validator.validate_str(json.dumps(bom | {"components": [{"name": "x"}]})) is not None


def test_it_names_every_package_of_the_car_with_its_version(bom: dict[str, Any]) -> None:
    lock = (ROOT / "requirements" / "car.lock").read_text("utf-8")
    locked = set(re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE))
    assert len(locked) > 40
    listed = {(c["name"], c["version"]): c for c in bom["components"] if c["type"] == "library"}
    assert listed.keys() == locked
    for one in listed.values():
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
        hashes = [h["content"] for reference in one["externalReferences"] for h in reference.get("hashes", [])]
        assert hashes, one["name"]
        assert all(content in lock for content in hashes)


def test_it_names_the_models_with_the_hashes_of_their_files(bom: dict[str, Any]) -> None:
    models = {c["name"]: c["hashes"][0]["content"] for c in bom["components"] if c["type"] == "machine-learning-model"}
    assert models == model_hashes()
    assert models["reader"] == hashlib.sha256((ROOT / "models" / "reader.onnx").read_bytes()).hexdigest()


def test_it_is_about_this_version_and_the_same_when_made_again(bom: dict[str, Any]) -> None:
    about = bom["metadata"]["component"]
    assert (about["name"], about["version"]) == ("patrol-anpr", this_build().version)
    assert sbom() == bom
