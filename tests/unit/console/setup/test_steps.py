"""Steps of the set-up run when something changed, and only then."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console.setup.steps import Progress, SetupError, Step, carry_out


class Setting:
    """A file the step depends on, a record of its runs, and a way to carry it out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "lock.txt"
        self.result = folder / "result"
        self.log = folder / "build" / "setup.log"
        self.runs: list[str] = []
        self.source.write_text("a")

    def carry_out(self, *, exit_code: int = 0) -> None:
        def action(progress: Progress) -> None:
            self.runs.append(self.source.read_text())
            said = f"print('one'); print('what went wrong'); raise SystemExit({exit_code})"
            progress.run([sys.executable, "-c", said], cwd=self.folder)
            self.result.touch()

        step = Step("Packages", "packages", (self.source,), action, self.result.exists)
        carry_out([step], stamps=self.folder / "stamps", log=self.log)


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_a_second_start_leaves_out_what_is_unchanged(setting, capsys):
    setting.carry_out()
    setting.carry_out()
    assert setting.runs == ["a"]
    assert "[1/1] Packages  up to date" in capsys.readouterr().out


def test_a_changed_input_runs_the_step_again(setting):
    setting.carry_out()
    setting.source.write_text("b")
    setting.carry_out()
    assert setting.runs == ["a", "b"]


def test_a_missing_result_runs_the_step_again(setting):
    setting.carry_out()
    setting.result.unlink()
    setting.carry_out()
    assert setting.runs == ["a", "a"]


def test_a_failed_step_shows_what_its_program_said_and_is_tried_again(setting):
    with pytest.raises(SetupError, match=r"ended with 3:\n(.*\n)*    what went wrong"):
        setting.carry_out(exit_code=3)
    setting.carry_out()
    assert setting.runs == ["a", "a"]
    assert setting.log.read_text().count("\nwhat went wrong\n") == 2


def test_a_step_that_fails_after_it_once_succeeded_keeps_no_stamp(setting):
    setting.carry_out()
    setting.source.write_text("b")
    with pytest.raises(SetupError):
        setting.carry_out(exit_code=1)
    setting.source.write_text("a")
    setting.carry_out()
    assert setting.runs == ["a", "b", "a"]


def test_a_program_that_is_not_there_is_named(tmp_path):
    step = Step("Packages", "p", (), lambda progress: progress.run(["no-such-program"], cwd=tmp_path))
    with pytest.raises(SetupError, match="no-such-program does not start"):
        carry_out([step], stamps=tmp_path, log=tmp_path / "log")
