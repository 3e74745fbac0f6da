"""Checks of the models: that they are whole, and that they load."""

from functools import partial

from anpr.checks import Check, Finding, well
from anpr.perception.model_files import model_file
from anpr.perception.onnx_session import OnnxSession


def checks(reader: str) -> list[Check]:
    """Return the checks of the models that are used with this reader (`perception.reader` of the configuration)."""
    names = ("detector", "reader") if reader == "patrol" else ("detector",)
    return [
        *(Check(f"model_{name}", f"the {name}'s file against the manifest", partial(_whole, name)) for name in names),
        Check("onnxruntime", "the model runtime loads the models", partial(_loads, names)),
    ]


def _whole(name: str) -> Finding:
    model = model_file(name)
    model.check_hash()
    return well(f"{model.path.name} is the one that was shipped")


def _loads(names: tuple[str, ...]) -> Finding:
    for name in names:
        OnnxSession(model_file(name).path)
    return well(f"{len(names)} models load")
