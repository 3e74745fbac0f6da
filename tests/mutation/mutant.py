"""A small bug as a value: a span of one file and the text that takes its place."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mutant:
    """Bytes `start` to `end` of a file replaced; as many lines as before, so that line numbers hold.

    `path` is relative to the tree, with slashes. `lines` are the first and last line (from 1) of the statement or
    expression that changes; tests which execute one of them may notice.
    """

    path: str
    kind: str
    start: int
    end: int
    put: str
    lines: tuple[int, int]

    def applied(self, source: bytes) -> bytes:
        """Return the source of its file with the bug in it."""
        return source[: self.start] + self.put.encode() + source[self.end :]

    def key(self, source: bytes) -> str:
        """Return a name for this bug in this version of its file; it lasts as long as the file is the same."""
        what = f"{self.path}\n{self.kind}\n{self.start}\n{self.end}\n{self.put}\n".encode()
        return sha256(what + source).hexdigest()[:16]

    def shown(self, source: bytes) -> tuple[str, str]:
        """Return the first line that changes, as it is and as it becomes."""
        at = source.count(b"\n", 0, self.start)
        before, after = (text.decode().splitlines() for text in (source, self.applied(source)))
        while at + 1 < min(len(before), len(after)) and before[at] == after[at]:
            at += 1
        return before[at].strip(), after[at].strip()


def source_of(tree: Path, path: str) -> bytes:
    """Return a file of a tree, with lines that end alike on every machine."""
    return (tree / path).read_bytes().replace(b"\r\n", b"\n")
