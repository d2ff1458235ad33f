"""`make`: what it lists, what it says about a wrong Python, and that a second call has nothing to do."""

import shutil

import pytest

from tests.infra.process import ROOT, run

pytestmark = pytest.mark.once


@pytest.fixture
def checkout(tmp_path):
    """What setting up needs, in a folder with a space in its name, with nothing to install."""
    folder = tmp_path / "our house"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", ".ci/python", ".ci/setup.py"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("# nothing\n")
    return folder


def test_make_alone_lists_the_commands():
    """Each with a word on what it does."""
    listed = run("make").stdout
    for name in ("setup", "run", "demo", "test", "proof", "check", "shots", "lock", "vendor", "bench"):
        assert f"  make {name} " in listed


def test_a_wrong_python_is_one_sentence(checkout):
    """Named on the line, or all that there is."""
    old = checkout / "old python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    result = run("make", "run", f"PYTHON={old}", cwd=checkout)
    assert result.returncode != 0
    assert (
        result.stderr.splitlines()[0] == f"Reconnect needs Python 3.11 or later, and {old} is Python 3.9.2."
    )
    tools = checkout / "tools"
    tools.mkdir()
    for name in ("sh", "make", "sed"):
        (tools / name).symlink_to(shutil.which(name))
    shutil.copy(old, tools / "python3")
    result = run("make", "setup", cwd=checkout, PATH=str(tools))
    assert result.stderr.splitlines()[0] == (
        "Reconnect needs Python 3.11 or later (found: Python 3.9.2); "
        "install one, or name it: make PYTHON=/path/to/python"
    )
    assert "Traceback" not in result.stderr


def test_a_second_setup_has_nothing_to_do(checkout):
    """Until the lock changes."""
    first = run("make", "setup", cwd=checkout, PYTHONWARNINGS="")
    assert first.returncode == 0, first.stderr
    assert "Installing" in first.stdout
    assert run("make", "setup", cwd=checkout).stdout == ""
    assert run("make", "setup-run", cwd=checkout).stdout == ""
    (checkout / "requirements-dev.lock").write_text("# something else\n")
    assert "Installing" in run("make", "setup", cwd=checkout, PYTHONWARNINGS="").stdout
