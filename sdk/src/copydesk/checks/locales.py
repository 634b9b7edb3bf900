"""Which language a locale asks for, for checks that have models or rules of one language."""

from __future__ import annotations

import re


def is_english(locale: str | None) -> bool:
    """Tell whether texts of a locale (BCP 47, `_` for `-` accepted) are English; those without one are."""
    return not locale or re.split("[-_]", locale)[0].lower() == "en"
