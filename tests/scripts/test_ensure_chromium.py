"""Finding a Chromium, and saying what to do where there is none."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import ensure_chromium

SCRIPT = Path(ensure_chromium.__file__)
FAILED = subprocess.CompletedProcess([], returncode=1)


def executable(path: Path) -> Path:
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def run(path: str, **settings: str) -> subprocess.CompletedProcess:
    """Run the script with this PATH and no home, so that it sees no Chromium but the test's own."""
    env = {"PATH": path, "HOME": path, **settings}
    return subprocess.run([sys.executable, str(SCRIPT)], env=env, capture_output=True, text=True)


def test_the_named_one_comes_first(tmp_path: Path) -> None:
    mine, other = executable(tmp_path / "mine"), executable(tmp_path / "chromium")
    assert run(str(tmp_path), SEQVIZ_CHROMIUM=str(mine)).stdout.strip() == str(mine)
    assert run(str(tmp_path)).stdout.strip() == str(other)


def test_a_named_one_that_is_none(tmp_path: Path) -> None:
    done = run(str(tmp_path), SEQVIZ_CHROMIUM="/no/such/browser")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.strip() == "SEQVIZ_CHROMIUM is '/no/such/browser', which is not an executable file."


def test_one_line_says_what_to_do_where_installing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(ensure_chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(ensure_chromium.subprocess, "run", lambda command, **_: tried.append(command[:3]) or FAILED)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(ensure_chromium.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit, match="set SEQVIZ_CHROMIUM"):
        ensure_chromium.main()
    assert [command[0] for command in tried] == ["apt-get", sys.executable]
    assert "\n" not in ensure_chromium.ADVICE


def test_without_root_no_package_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(ensure_chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(ensure_chromium.subprocess, "run", lambda command, **_: tried.append(command) or FAILED)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ensure_chromium.install_chromium()
    assert [command[0] for command in tried] == [sys.executable]
