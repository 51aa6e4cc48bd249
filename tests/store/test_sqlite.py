"""The SQLite store keeps the contract, and says what is wrong with a file and its place."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import rubricwidgets as rw
from rubricwidgets.errors import (
    InputError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreVersionError,
)
from rubricwidgets.store import checkpoints, file_name, open_store
from rubricwidgets.store.sql import SQLStore
from tests.store.contract import RUBRIC, StoreContract, event, rating, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def in_another_program(program: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program that has the package and the contract's ratings at hand."""
    head = f"""
import sys
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
import rubricwidgets as rw
from rubricwidgets.errors import *
from rubricwidgets.store.sql import SQLStore
from tests.store.contract import RUBRIC, rating, record
"""
    command = [sys.executable, "-c", head + program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)  # type: ignore[call-overload, no-any-return]


def rows_of_a_copy(file: Path, folder: Path) -> int:
    """Return how many ratings somebody has who copies the one file and nothing else."""
    # By another program: closing a file here would let go of the locks that the open store has on it.
    copy = folder / "copy.rubric.db"
    subprocess.run(["cp", file, copy], check=True)
    store = SQLStore(copy)
    count = store.table(store.study("s").id).height  # type: ignore[union-attr]
    store.close()
    copy.unlink()
    return count


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_whoever_copies_only_the_file_of_an_open_study_has_the_study_and_soon_each_rating(
    file: Path, tmp_path: Path
) -> None:
    store = SQLStore(file)
    study = store.create_study(record()).id
    (tmp_path / "elsewhere").mkdir()
    assert rows_of_a_copy(file, tmp_path / "elsewhere") == 0
    for n in range(3):
        store.append(study, [rating(f"i{n}")], RUBRIC)
        wait_until(lambda n=n: rows_of_a_copy(file, tmp_path / "elsewhere") == n + 1)  # type: ignore[misc]
    store.close()


def test_another_programs_reading_only_delays_what_moves_into_the_file(file: Path, tmp_path: Path) -> None:
    store = SQLStore(file)
    study = store.create_study(record()).id
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM ratings").fetchone()
    store.append(study, [rating()], RUBRIC)
    (tmp_path / "elsewhere").mkdir()
    time.sleep(2 * checkpoints.DELAY)
    assert rows_of_a_copy(file, tmp_path / "elsewhere") == 0
    reader.execute("COMMIT")
    wait_until(lambda: rows_of_a_copy(file, tmp_path / "elsewhere") == 1)
    reader.close()
    store.close()


def test_moving_ratings_into_the_file_keeps_no_program_running_and_a_program_that_ends_has_moved_them(
    file: Path, tmp_path: Path
) -> None:
    done = in_another_program(
        "store = SQLStore(sys.argv[1]); store.append(store.create_study(record()).id, [rating()], RUBRIC)", file
    )
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "elsewhere").mkdir()
    assert rows_of_a_copy(file, tmp_path / "elsewhere") == 1


def test_a_checkpoint_that_fails_is_tried_again_and_tells_nobody() -> None:
    tried: list[int] = []

    def run() -> bool:
        tried.append(1)
        if len(tried) == 1:
            raise OSError
        return len(tried) == 3

    runs = checkpoints.Checkpoints(run)
    runs.soon()
    runs.soon()
    wait_until(lambda: len(tried) == 3)
    runs.stop()
    runs.soon()
    assert not [one for one in threading.enumerate() if one.name.startswith("Timer") and not one.daemon]


def test_threads_that_append_and_a_store_that_is_closed_lose_nothing(file: Path) -> None:
    store = SQLStore(file)
    study = store.create_study(record()).id

    def write(name: str) -> None:
        for n in range(20):
            store.append(study, [rating(rater=f"{name}-{n}")], RUBRIC)

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    store.close()
    again = SQLStore(file)
    assert again.table(study).height == 80
    again.close()


@pytest.mark.parametrize("happened", ["renamed", "deleted", "replaced"])
def test_nothing_is_acknowledged_once_the_file_is_gone_from_its_place(file: Path, happened: str) -> None:
    store = SQLStore(file)
    study = store.create_study(record()).id
    store.append(study, [rating("i1")], RUBRIC)
    aside = file.with_name("aside.db")
    file.rename(aside)
    if happened == "replaced":
        file.write_bytes(b"")
    words = "replaced by another file" if happened == "replaced" else "renamed or deleted"
    with pytest.raises(StoreGoneError, match=rf"{words}.*study\.export\("):
        store.append(study, [rating("i2")], RUBRIC)
    # What was saved before can still be read, and put where it belongs.
    assert store.table(study).height == 1
    aside.replace(file)
    assert store.append(study, [rating("i2")], RUBRIC)[0].status == "stored"
    store.close()


def test_a_file_that_goes_during_a_commit_is_not_acknowledged_either(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SQLStore(file)
    study = store.create_study(record()).id
    known = store._known  # noqa: SLF001 - a moment between the first look and the commit

    def late(*arguments: object) -> object:
        file.rename(file.with_name("aside.db"))
        return known(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_known", late)
    with pytest.raises(StoreGoneError):
        store.append(study, [rating("i1")], RUBRIC)
    store.close()


def test_closing_what_was_replaced_leaves_alone_what_replaced_it(file: Path) -> None:
    old = SQLStore(file)
    old.create_study(record())
    file.rename(file.with_name("aside.db"))
    new = SQLStore(file)
    study = new.create_study(record()).id
    old.close()
    new.append(study, [rating("i1")], RUBRIC)
    assert Path(f"{file}-wal").exists()
    new.close()


def test_a_log_that_somebody_took_away_is_begun_anew_and_nothing_is_lost(file: Path) -> None:
    done = in_another_program(
        """
import os
store = SQLStore(sys.argv[1])
study = store.create_study(record()).id
store.append(study, [rating("i1")], RUBRIC)
os.unlink(sys.argv[1] + "-wal")
print(store.append(study, [rating("i2")], RUBRIC)[0].status)
print(store.append(study, [rating("i1", rater="bo")], RUBRIC)[0].status)
sys.stdout.flush()
os._exit(0)  # as if killed: nothing is closed
""",
        file,
    )
    assert done.stdout.split() == ["stored", "stored"], done.stderr
    store = SQLStore(file)
    assert store.table(store.study("s").id).height == 3  # type: ignore[union-attr]
    store.close()


def test_another_programs_database_is_never_written_into(file: Path) -> None:
    for logged in (False, True):
        theirs = sqlite3.connect(file)
        theirs.execute(f"PRAGMA journal_mode = {'WAL' if logged else 'DELETE'}")
        theirs.execute("CREATE TABLE IF NOT EXISTS notes (words TEXT)")
        theirs.commit()
        theirs.close()
        before = file.read_bytes()
        with pytest.raises(StoreError, match=r"is a database of something else.*name another file"):
            SQLStore(file)
        with pytest.raises(StoreError, match="is a database of something else"):
            open_store(f"sqlite:///{file}", "s")
        assert file.read_bytes() == before
        assert list(file.parent.iterdir()) == [file]


def test_an_empty_file_is_begun(file: Path) -> None:
    file.touch()
    store = SQLStore(file)
    assert store.studies() == []
    store.close()


def test_a_hub_is_no_file_called_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for where in ("hub", ""):
        with pytest.raises(InputError, match="'store' takes a path"):
            open_store(where, "s")
        with pytest.raises(InputError, match="'store' takes a path"):
            rw.Study("s", store=where)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_file_behind_where_there_was_none(file: Path) -> None:
    # A limit on the size of files fails writes as a full disk does, without one.
    done = in_another_program(
        """
import resource, signal
where = Path(sys.argv[1])
SQLStore(where.with_name("warm.db")).close()
for limit in (0, 2000, 5000, 9000, 13000, 20000, 33000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        rw.Study("s", items=[{"prompt": "p" * 50_000, "response": "r"}], rubric=RUBRIC, store=where)
    except StoreError as error:
        left = sorted(one.name for one in where.parent.iterdir() if one.name != "warm.db")
        print(limit, type(error).__name__, left)
""",
        file,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 7, done.stdout + done.stderr
    assert all(line.endswith("[]") for line in lines), done.stdout
