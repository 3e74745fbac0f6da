"""What log and report say of program and machine."""

import platform
from importlib.metadata import version

from anpr.support.machine import machine_facts
from anpr.support.version import model_hashes, this_build


def test_facts_name_version_commit_models_and_libraries() -> None:
    facts = machine_facts()
    assert (facts["anpr"], facts["commit"]) == (this_build().version, this_build().commit)
    assert [facts[f"model {name}"] for name in ("detector", "hidden", "reader", "reader_wide")] == [
        whole[:12] for whole in model_hashes().values()
    ]
    assert facts["python"] == platform.python_version()
    assert {name: facts[name] for name in ("numpy", "onnxruntime", "opencv-python")} == {
        name: version(name) for name in ("numpy", "onnxruntime", "opencv-python")
    }
