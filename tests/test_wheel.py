"""What is shipped is complete: every static file, the demo, the migrations; and it installs without Node."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STATIC = (
    "rating.js",
    "rating.css",
    "conversation.js",
    "conversation.css",
    "diff.js",
    "markdown.js",
    "highlight.js",
    "maths.js",
    "scales/spans.js",
    "scales/nominal.js",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_everything_that_runs(built: dict[str, Path]) -> None:
    inside = names(built["wheel"])
    assert {f"rubricwidgets/static/{name}" for name in STATIC} <= inside
    assert {
        "rubricwidgets/py.typed",
        "rubricwidgets/demo_study/items.jsonl",
        "rubricwidgets/demo_study/rubric.yaml",
    } <= inside
    assert "rubricwidgets/store/migrations/m0001_studies_and_ratings.py" in inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "rubricwidgets").rglob("*.py")}
    assert sources <= inside


def test_the_wheel_holds_nothing_else(built: dict[str, Path]) -> None:
    for name in names(built["wheel"]):
        assert name.startswith("rubricwidgets/") or ".dist-info/" in name
        assert "node_modules" not in name
        assert "__pycache__" not in name


def test_every_static_file_has_content(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as archive:
        for name in STATIC:
            assert archive.getinfo(f"rubricwidgets/static/{name}").file_size > 1000


def test_the_sdist_builds_a_wheel_without_node(built: dict[str, Path], tmp_path: Path) -> None:
    with tarfile.open(built["sdist"]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    for name in STATIC:
        assert (source / "rubricwidgets" / "static" / name).is_file()
    environment = {**os.environ, "PATH": "/usr/bin:/bin" if os.name != "nt" else os.environ["PATH"]}
    environment.pop("NODE_PATH", None)
    no_npm = tmp_path / "bin"
    no_npm.mkdir()
    environment["PATH"] = str(no_npm)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "dist"),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert names(wheel) == names(built["wheel"])


def test_the_installed_wheel_shows_a_widget(built: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(built["wheel"]) as archive:
        archive.extractall(tmp_path / "site")
    program = (
        "import rubricwidgets as rw, pathlib\n"
        f"assert pathlib.Path(rw.__file__).is_relative_to({str(tmp_path)!r}), rw.__file__\n"
        "study = rw.demo(store='memory')\n"
        "assert len(study.rate('ana')._esm) > 10_000\n"
        "print(rw.__version__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in built["wheel"].name
