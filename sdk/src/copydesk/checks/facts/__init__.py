"""Facts: every number, date and closed-slot word near a known subject, judged against the fact sheets."""

from copydesk.checks.facts.engine import FactsCheck, compile_check
from copydesk.checks.facts.sentence_verdicts import SentenceStanding, SentenceVerdict, sentence_verdicts

__all__ = ["FactsCheck", "SentenceStanding", "SentenceVerdict", "compile_check", "sentence_verdicts"]
