from __future__ import annotations

from collections.abc import Callable

import pytest

from copydesk.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Give the command line: arguments in, exit code and both outputs out."""

    def _run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return _run
