"""Whether what lies on the disk is locked, how well its key is sealed, and whether the disk itself is encrypted: for `anpr doctor`."""

from functools import partial
from pathlib import Path
from typing import Final

from anpr.checks import Check, Finding, doubtful, well, wrong
from anpr.sealed_folder import open_to_others, plain_files
from anpr.sealing.data_key import DataKeys, KeyLost, lost_keys, read_keys
from anpr.sealing.machine import encrypted_disk, seal_named

_NOTHING: Final = "nothing is kept yet"


def checks(folder: Path) -> list[Check]:
    """Return the checks of what protects a data folder from whoever holds the disk."""
    return [
        Check("locked", "everything in the data folder is locked and its owner's alone", partial(_locked, folder)),
        Check("data_key", "the key of the data folder is sealed to this machine", partial(_sealed, folder)),
        Check("disk_encrypted", "the disk is encrypted by its system", partial(_disk, folder)),
    ]


def _locked(folder: Path) -> Finding:
    if not folder.is_dir():
        return well(_NOTHING)
    plain = [str(path.relative_to(folder)) for path in plain_files(folder)]
    if plain:
        return doubtful(
            f"not locked: {', '.join(plain)}",
            "Start a patrol, which locks it. Of damaged records get what can be read with 'anpr records salvage', then erase them.",
        )
    others = [path.name for path in open_to_others(folder)]
    if others:
        return doubtful(f"other accounts may read {', '.join(others)}", "Start a patrol, which takes that right away.")
    return well("all of it")


def _sealed(folder: Path) -> Finding:
    if not folder.is_dir():
        return well(_NOTHING)
    try:
        keys = read_keys(folder)
    except KeyLost as error:
        return wrong(
            str(error), "Start a patrol: it sets aside what the key locks. Then sync or import the lists again."
        )
    lost = [path.name for path in lost_keys(folder)]
    if lost:
        return doubtful(
            f"put away, since they could not be opened here: {', '.join(lost)}",
            "Remove them once nothing is wanted any more of what was set aside then.",
        )
    return well("there is no data key yet") if keys is None else _strength(keys)


def _strength(keys: DataKeys) -> Finding:
    weakness = seal_named(keys.seal).weakness()
    if weakness:
        return doubtful(f"by way of {keys.seal}: {weakness}", "Encrypt the tablet's disk (LUKS, BitLocker).")
    return well(f"by way of {keys.seal}")


def _disk(folder: Path) -> Finding:
    found = encrypted_disk(folder if folder.is_dir() else folder.parent)
    if found is None:
        return well("not known here: BitLocker's state is told by 'manage-bde -status'")
    if not found:
        return doubtful(
            "it is not encrypted: what the system keeps beside the data folder lies open (swap, temporary files, the machine's secrets)",
            "Set the tablet up anew with an encrypted disk (LUKS).",
        )
    return well("encrypted (dm-crypt)")
