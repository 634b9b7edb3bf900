"""Glossary: words that must not be used, words to avoid, and preferred words written the wrong way."""

from copydesk.checks.glossary.engine import NAME, GlossaryCheck, compile_check

__all__ = ["NAME", "GlossaryCheck", "compile_check"]
