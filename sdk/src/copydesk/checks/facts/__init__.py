"""Facts: every number, date and closed-slot word near a known subject, judged against the fact sheets."""

from copydesk.checks.facts.engine import FactsCheck, compile_check

__all__ = ["FactsCheck", "compile_check"]
