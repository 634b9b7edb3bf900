"""Word forms of terms in English and German, expanded when a revision is saved and frozen in it."""

from copydesk.checks.inflection.terms import expand_term, plural

__all__ = ["expand_term", "plural"]
