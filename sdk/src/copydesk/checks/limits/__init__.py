"""Limits and output format: lengths, links, markup, placeholders, required phrases, structured output."""

from copydesk.checks.limits.engine import LimitsCheck, compile_check

__all__ = ["LimitsCheck", "compile_check"]
