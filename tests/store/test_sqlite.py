"""The SQLite store keeps the contract, and says what is wrong with a file and its place."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rubricwidgets.errors import (
    InputError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreVersionError,
)
from rubricwidgets.store import file_name, open_store
from rubricwidgets.store.sql import SQLStore
from tests.store.contract import RUBRIC, StoreContract, event, rating, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rubricwidgets.store.base import Store


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        opened = SQLStore(tmp_path / "s.rubric.db")
        yield opened
        opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "s.rubric.db"


def filled(file: Path) -> str:
    store = SQLStore(file)
    study = store.create_study(record()).id
    store.append(study, [rating()], RUBRIC)
    store.close()
    return study


def test_what_was_appended_is_there_when_the_file_is_opened_again(file: Path) -> None:
    study = filled(file)
    again = SQLStore(file)
    assert again.table(study).height == 1
    again.close()


def test_a_commit_is_on_the_disk_before_it_returns(file: Path) -> None:
    store = SQLStore(file)
    with store._connected(write=False) as connection:  # noqa: SLF001 - what the file was opened with
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_two_programs_write_to_one_file(file: Path) -> None:
    study = filled(file)
    program = f"""
import sys
sys.path.insert(0, {str(Path.cwd())!r})
from rubricwidgets.store.sql import SQLStore
from tests.store.contract import RUBRIC, rating
store = SQLStore({str(file)!r})
for n in range(40):
    store.append({study!r}, [rating(rater=f"{{sys.argv[1]}}-{{n}}")], RUBRIC)
"""
    started = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("one", "two")]
    assert [process.wait(60) for process in started] == [0, 0]
    store = SQLStore(file)
    assert store.table(study).height == 81
    store.close()


def test_a_file_that_another_program_holds_is_said_to_be_locked(file: Path) -> None:
    study = filled(file)
    store = SQLStore(file, timeout=0.1)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLockedError, match="another program"):
        store.append(study, [rating("i1")], RUBRIC)
    holder.execute("ROLLBACK")
    holder.close()
    assert store.append(study, [rating("i1")], RUBRIC)[0].status == "stored"
    store.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(file: Path) -> None:
    study = filled(file)
    store = SQLStore(file)
    with store._connected(write=False) as connection:  # noqa: SLF001
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [rating("i1", rater=f"r{n}", note="x" * 3000) for n in range(50)]
    with pytest.raises(StoreFullError, match="no space left"):
        store.append(study, many, RUBRIC)
    assert store.table(study).height == 1
    with store._connected(write=False) as connection:  # noqa: SLF001
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert len(store.append(study, many, RUBRIC)) == 50
    store.close()


def test_a_file_that_may_not_be_written_is_said_to_be_read_only(file: Path) -> None:
    filled(file)
    program = f"""
import os, sys, tempfile
sys.path.insert(0, {str(Path.cwd())!r})
from rubricwidgets.errors import StoreReadOnlyError
from rubricwidgets.store.sql import SQLStore
from tests.store.contract import RUBRIC, rating
with tempfile.TemporaryDirectory() as other:
    SQLStore(other + "/warm.rubric.db").close()  # whatever loads late is loaded
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)  # nobody: permissions do not bind root
try:
    store = SQLStore({str(file)!r})
    store.append(store.study("s").id, [rating("i1")], RUBRIC)
except StoreReadOnlyError as error:
    print(error)
"""
    file.chmod(0o444)
    for folder in [file.parent, *file.parents]:
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    file.parent.chmod(0o555)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    file.parent.chmod(0o755)
    assert "cannot be written to" in done.stdout, done.stderr


def test_a_damaged_file_is_named(file: Path) -> None:
    filled(file)
    data = bytearray(file.read_bytes())
    data[100:4000] = b"\xff" * 3900
    file.write_bytes(data)
    with pytest.raises(StoreCorruptError, match=re.escape(str(file))):
        SQLStore(file).study("s")


def test_a_file_that_is_no_study_is_named(file: Path) -> None:
    file.write_text("just some text, long enough to be looked at " * 50)
    with pytest.raises(StoreCorruptError, match="no study's file"):
        SQLStore(file)
    assert file.read_text().startswith("just some text")


def test_a_file_of_a_newer_version_is_left_as_it_is(file: Path) -> None:
    filled(file)
    database = sqlite3.connect(file)
    database.execute("INSERT INTO rubricwidgets_migrations VALUES ('m9999_later', 0)")
    database.commit()
    database.close()
    with pytest.raises(StoreVersionError, match="upgrade with"):
        SQLStore(file)


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        SQLStore(tmp_path)
    with pytest.raises(StoreError, match="there is no folder"):
        SQLStore(tmp_path / "nowhere" / "s.rubric.db")


def test_a_store_is_opened_by_path_url_or_name(tmp_path: Path) -> None:
    for where in (tmp_path / "a.rubric.db", str(tmp_path / "b.rubric.db"), f"sqlite:///{tmp_path}/c.rubric.db"):
        store = open_store(where, "s")
        assert store.studies() == []
        assert open_store(store, "s") is store
        store.close()
    assert open_store("memory", "s").where.startswith("memory")
    with pytest.raises(InputError, match="'store' takes a path"):
        open_store(3, "s")  # type: ignore[arg-type]
    assert file_name("../../etc/passwd") == "etc-passwd.rubric.db"
    assert file_name("???") == "study.rubric.db"


def test_read_only_is_its_own_error() -> None:
    assert issubclass(StoreReadOnlyError, StoreError)


def test_a_failure_in_the_middle_of_many_rows_leaves_none(file: Path) -> None:
    study = filled(file)
    store = SQLStore(file)
    (row,) = store.rows(study)
    fresh = [replace(row, rating=replace(row.rating, id=str(uuid.uuid4()), item=f"m{n}")) for n in range(3)]
    fresh[1] = replace(fresh[1], answers=object())  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        store.append_rows(study, fresh, judge=True)
    assert store.table(study).height == 1
    store.append_rows(study, fresh[:1], judge=True)
    assert store.table(study).height == 2
    store.close()


def test_a_file_from_before_there_were_events_takes_them_and_keeps_its_ratings(file: Path) -> None:
    study = filled(file)
    database = sqlite3.connect(file)
    database.execute("DROP TABLE events")
    database.execute("DELETE FROM rubricwidgets_migrations WHERE name = 'm0002_events'")
    database.commit()
    database.close()
    store = SQLStore(file)
    assert store.events(study) == []
    assert store.append_events(study, [event()]) == [True]
    assert store.table(study).height == 1
    store.close()
