r"""The streams that every command writes to: any text in any encoding, and nobody need listen.

What a stream cannot encode is written as `\uXXXX`, which is JSON still. A reader who is gone (`| head`) keeps no command from
finishing what it does.
"""

import codecs
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from anpr.showable import harmless

_ESCAPING: Final = "anpr.escaped"


def prepare_streams() -> None:
    """Make stdout and stderr take any text, whatever their encoding, and be there."""
    codecs.register_error(_ESCAPING, _escaped)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed before this program began
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, "w"), "utf-8", write_through=True))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPING)


def print_line(text: str, *, stderr: bool = False) -> None:
    """Print a line at once; to nobody when who listened is gone."""
    stream = sys.stderr if stderr else sys.stdout
    try:
        stream.write(harmless(text) + "\n")
        stream.flush()
    except BrokenPipeError:
        to_nobody(stream)


def console() -> Console:
    """Return a console for people's eyes on stdout."""
    return _LastingConsole(highlight=False)


def progress_console() -> Console:
    """Return a console for progress, on stderr so that stdout holds answers alone."""
    return _LastingConsole(stderr=True)


class _LastingConsole(Console):
    """A console whose command goes on when nobody listens any more: an import is not left half-way for want of a reader.

    What is shown holds nothing that the terminal obeys but what this program itself puts there.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield the pieces of what is shown, texts harmless."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(harmless(piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Let what is still said go nowhere."""
        to_nobody(sys.stderr if self.stderr else sys.stdout)


def finish_streams() -> None:
    """Write what is not written yet, to nobody where nobody listens: nothing is said of it when the program ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            to_nobody(stream)


def to_nobody(stream: TextIO) -> None:
    """Let a stream's file lead nowhere; what was not written yet goes there too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return what cannot be encoded as JSON would escape it, surrogate pairs included."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
