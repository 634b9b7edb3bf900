"""Front matter: the block of settings at the head of a page; its texts are copy, its keys are not."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Between two lines of three hyphens (YAML) or plus signs (TOML), as Hugo, Jekyll and Docusaurus write it.
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\n([\s\S]*?)^\1[ \t]*(?:\n|\Z)", re.MULTILINE)
_SETTING = re.compile(
    r"^([A-Za-z_][\w-]*)[ \t]*[:=][ \t]*(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"'\[{|>&*!#%@`][^\n]*))[ \t]*$",
    re.MULTILINE,
)
_NO_TEXT = re.compile(r"(?i)true|false|yes|no|on|off|null|~|[-+]?[\d.,_]+|\d{4}-\d\d-\d\d.*")


def front_matter_end(source: str) -> int:
    """Return where the front matter ends, 0 where there is none."""
    if not source.startswith(("---", "+++")):
        return 0
    found = _FRONT_MATTER.match(source)
    return found.end() if found else 0


def texts_of(source: str, end: int) -> Iterator[tuple[str, str, int]]:
    """Yield key, text and place of the settings at the top level whose value is one line of text."""
    for found in _SETTING.finditer(source, 0, end):
        group = next(number for number in (2, 3, 4) if found[number])
        value = found[group].rstrip()
        if group == 4:
            value = value.split(" #", 1)[0].rstrip()
        if group != 4 or not _NO_TEXT.fullmatch(value):
            yield found[1], value, found.start(group)
