"""Brings the database up to date and the demo company in: `python -m console.setup.prepare [--demo]`.

The same as `flask migrate` and `flask demo seed`, in one process: on a second start, when neither has
anything to do, loading the application twice would be most of the time.
"""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo

from console.factory import create_app


def main(arguments: list[str]) -> None:
    """Run the commands; one that fails ends the process with its own message and code."""
    app = create_app()
    commands = [["migrate"]] + ([["demo", "seed"]] if "--demo" in arguments else [])
    for command in commands:
        # click shows errors its own way and always ends the process; going on is only right after success.
        try:
            with app.app_context():
                app.cli.main(command, prog_name="flask", obj=ScriptInfo(create_app=lambda: app))
        except SystemExit as ended:
            if ended.code:
                raise


if __name__ == "__main__":
    main(sys.argv[1:])
