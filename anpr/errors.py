"""Every error that this program raises on purpose, as one tree.

AnprError
├── UserError         the input or the call is wrong; exit code 2
│   ├── ConfigError   a setting is wrong
│   ├── InputError    a file, clip or picture cannot be used
│   ├── ImportRefused a hotlist file is refused as a whole
│   └── AccessDenied  the caller may not do this
└── Failure           the program or its surroundings failed; exit code 1
    ├── ModelError    a model file is missing, altered or of the wrong shape
    ├── CameraError   a camera cannot be opened or gives no usable picture (in `anpr.faults`: it names its fault)
    ├── StoreError    a database cannot be read or written
    │   ├── NotMatched    what was typed is kept, and is matched later
    │   └── PartlyMatched  some lists cannot be read; the hits on the others are in it
    └── SyncError     the back office cannot be reached or sent something unacceptable

Each message is one sentence that names the key or file, says what was expected and found, and what to do.
No message holds content of a hotlist.
"""

from typing import Any


class AnprError(Exception):
    """Root of all deliberate errors."""

    exit_code = 1


class UserError(AnprError):
    """The input or the call is wrong; the user can put it right."""

    exit_code = 2


class ConfigError(UserError):
    """A setting is unknown, missing or out of range."""


class InputError(UserError):
    """A file, clip or picture that was named cannot be used."""


class ImportRefused(UserError):
    """A hotlist file is refused as a whole; the list in use is unchanged."""


class AccessDenied(UserError):
    """The caller is not allowed to do this."""


class Failure(AnprError):
    """The program or its surroundings failed; nothing is wrong with the input."""


class ModelError(Failure):
    """A model file is missing, altered or of the wrong shape."""


class StoreError(Failure):
    """A database cannot be read or written."""


class NotMatched(StoreError):
    """What a person typed is kept, but could not be matched against the lists yet; nothing is to be done again."""


class PartlyMatched(StoreError):
    """Some lists cannot be read; `hits` (`anpr.values.Hit`) are those on the others."""

    def __init__(self, message: str, hits: tuple[Any, ...]) -> None:
        super().__init__(message)
        self.hits = hits


class SyncError(Failure):
    """The back office cannot be reached, or sent something that is not accepted."""


class UnsureDateError(SyncError):
    """What the back office signed cannot be judged until the date is sure."""
