"""The private cluster, as the people who start, lose and move it meet it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cluster
import psycopg
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
SCRIPT = Path(cluster.__file__)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    cluster.stop(tmp_path)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row
    return row[0]


def postmaster(folder: Path) -> int:
    return int((folder / "cluster" / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_started_twice_it_is_the_same_cluster_and_only_its_owner_can_reach_it(folder: Path) -> None:
    first = cluster.start(folder)
    pid = postmaster(folder)
    assert cluster.start(folder) == first
    assert postmaster(folder) == pid
    assert ask(first, "show listen_addresses") == ""
    assert cluster.Cluster(folder).run.stat().st_mode & 0o077 == 0


def test_greek_is_lowered_ordered_and_searched_as_greeks_expect(folder: Path) -> None:
    url = cluster.start(folder)
    assert ask(url, "select lower('ΔΡΌΜΟΣ')") == "δρόμος"
    ordered = "select string_agg(word, ' ' order by word) from unnest('{ωμέγα,Άλφα,zeta,βήτα,άλφα}'::text[]) word"
    assert ask(url, ordered) == "άλφα Άλφα βήτα ωμέγα zeta"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute("create extension postgis")
    assert ask(url, "select similarity('λακκούβα', 'ΛΑΚΟΎΒΑ') > 0.5") is True
    assert ask(url, "select count(*) from geometry_columns") == 0


def test_what_was_written_is_there_after_everything_was_killed(folder: Path) -> None:
    url = cluster.start(folder)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("create table report as select 'pothole' as what")
    os.kill(postmaster(folder), signal.SIGKILL)
    assert ask(cluster.start(folder), "select what from report") == "pothole"


def test_a_pid_file_that_names_a_stranger_is_not_believed(folder: Path) -> None:
    cluster.start(folder)
    pid_file = folder / "cluster" / "data" / "postmaster.pid"
    told = pid_file.read_text().splitlines(keepends=True)
    os.kill(postmaster(folder), signal.SIGKILL)
    pid_file.write_text("".join([f"{os.getpid()}\n", *told[1:]]))
    assert ask(cluster.start(folder), "select 1") == 1


def test_a_folder_that_was_moved_while_it_ran_is_taken_over(folder: Path) -> None:
    cluster.start(folder / "before")
    (folder / "before").rename(folder / "after")
    try:
        url = cluster.start(folder / "after")
        assert ask(url, "select 1") == 1
    finally:
        cluster.stop(folder / "after")


def test_a_cluster_whose_making_was_interrupted_is_made_anew(folder: Path) -> None:
    (folder / "cluster" / "new-half").mkdir(parents=True)
    (folder / "cluster" / "data" / "base").mkdir(parents=True)
    assert ask(cluster.start(folder), "select 1") == 1
    assert not list((folder / "cluster").glob("new-*"))


def test_it_ends_with_the_process_that_it_is_bound_to(folder: Path) -> None:
    program = (
        "import sys, time, pathlib, cluster;"
        "cluster.Cluster(pathlib.Path(sys.argv[1])).start(bound=True);"
        "print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, cwd=SCRIPT.parent, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"up\n"
        parent.kill()
    deadline = time.monotonic() + 10
    while (pid_file := folder / "cluster" / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not pid_file.exists()


@pytest.mark.parametrize("name", ["long" * 40, "of,two words and 100%"])
def test_a_folder_with_an_awkward_name_gets_its_socket_and_gets_it_again(folder: Path, name: str) -> None:
    awkward = folder / name
    url = cluster.start(awkward)
    run = cluster.Cluster(awkward).run
    try:
        assert ask(url, "select 1") == 1
        shutil.rmtree(run)
        assert ask(cluster.start(awkward), "select 1") == 1
        assert run.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop(awkward)
        shutil.rmtree(run)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that is closed to PostgreSQL's user")
def test_a_folder_that_only_root_may_enter_works(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    try:
        assert ask(cluster.start(closed / "var"), "select 1") == 1
        cluster.stop(closed / "var")
        assert ask(cluster.start(closed / "var"), "select 1") == 1
    finally:
        cluster.stop(closed / "var")


def test_a_cluster_of_another_version_is_left_alone_with_a_sentence(folder: Path) -> None:
    data = folder / "cluster" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(cluster.ClusterError, match="made by PostgreSQL 9, but only"):
        cluster.start(folder)
    assert (data / "PG_VERSION").read_text() == "9\n"


def test_without_postgis_one_sentence_says_what_to_do(folder: Path) -> None:
    environment = os.environ | {"PG_BIN": str(folder)}
    command = [sys.executable, str(SCRIPT), "start", str(folder)]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("PostGIS is missing: ask an administrator to ")
    assert answer.stderr.count("\n") == 1
