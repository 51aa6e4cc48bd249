"""Files that are there whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rubricwidgets.errors import ItemsError
from rubricwidgets.files import draft, path_of, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before")

    def fail() -> None:
        with draft(target) as beside:
            beside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_one_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt", tmp_path / "link.txt"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_is_no_path_is_refused_by_its_name(tmp_path: Path) -> None:
    assert path_of(str(tmp_path), "path") == tmp_path
    with pytest.raises(ItemsError, match=r"'items' takes a file's path \(got None\)"):
        path_of(None, "items", ItemsError)
