"""Applications for tests: what every one of them would work out anew is worked out once in a process.

Tests make some fifteen hundred applications. To compile the templates and the routes of each took a third of
the time of the tests of the console.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from console.config import Settings
from console.factory import create_app


class _CompiledTemplates(BytecodeCache):
    """Keeps what Jinja made of a template file; all applications have the same settings of Jinja."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code


class _CompiledRule(Rule):
    """A route whose function that builds addresses is shared by all routes of the same text."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, self.subdomain, repr(self.defaults), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = super()._compile_builder(append_unknown)
        return _BUILDERS[key]


_BUILDERS: dict[tuple[str, str | None, str, bool], Callable[..., tuple[str, str]]] = {}
_TEMPLATES = _CompiledTemplates()


def make_app(settings: Settings, **overrides: Any) -> Flask:
    """Make a console for tests: no forgery token is asked for, errors are raised.

    Args:
        settings: as of `make_settings`.
        overrides: Flask configuration on top.
    """
    _share_routes()
    app = create_app(settings, {"TESTING": True, "WTF_CSRF_ENABLED": False, **overrides})
    app.jinja_env.bytecode_cache = _TEMPLATES
    return app


@cache
def _share_routes() -> None:
    Flask.url_rule_class = _CompiledRule
