"""Builds the package; everything that can be said in pyproject.toml is said there.

Here is what cannot: the version, which git knows, and the note in the built package that keeps version and commit
where no git is.
"""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUILD = runpy.run_path(str(Path(__file__).parent / "anpr" / "support" / "version.py"))["this_build"]()


class BuildWithNote(build_py):
    """Writes version and commit into a package that is copied; an editable one goes on asking git."""

    def run(self) -> None:
        """Build as always, then write the note."""
        super().run()
        if not self.editable_mode:
            (Path(self.build_lib) / "anpr" / "build.toml").write_text(BUILD.to_toml(), "utf-8")


setup(version=BUILD.version, cmdclass={"build_py": BuildWithNote})
