"""What the checks share about text: a fold that keeps places, word boundaries, sentences, lengths."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

import re2
import regex

from copydesk.checks.contract import Span

# One character for one: curly and modifier apostrophes, hyphens that look like one, spaces, final sigma,
# and halves of characters, which the automaton could not take.
_SINGLE_MAP: Final = {
    **dict.fromkeys("‘’‛ʹʻʼ′＇`´", "'"),
    **dict.fromkeys("“”„″＂«»", '"'),
    **dict.fromkeys("‐‑‒﹣－", "-"),
    **dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        " ",
    ),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    "ς": "σ",
}
_SINGLES: Final = re.compile("[\ud800-\udfff" + "".join(map(re.escape, _SINGLE_MAP)) + "]")
_ASCII: Final = bytes(range(128))
_FEW: Final = 24
ANYWHERE: Final = re2._re2.RE2.Anchor.UNANCHORED
# Characters nobody sees: soft hyphen, joiners, zero-width, bidi marks, fillers, variation selectors, tags.
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_INVISIBLES: Final = re.compile(f"[{INVISIBLE}]")
# Scripts written without spaces between words: no boundary can be asked for there.
_SPACELESS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|approx|no|No|Nr|[zZ]\.B|d\.h|bzw|[cC]a|[iI]nkl|evtl|ggf"
    r"|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mio|Mrd|Tsd|[zZ]zgl|bzgl|[eE]xkl"
    r"|jew|vgl|Abb|Kap|Tel|Std|Hr)"
    r"|[Ss]tr|\b[A-Z]|\b[a-z]\.[a-z])\.$"
)
# "z. B." and "u. a.": the first of two letters with a full stop each.
FIRST_OF_TWO: Final = re.compile(r"(?<!\w)[A-Za-z]\.\s[A-Za-zÄä]\.")
# "3. Mai", "1. FC", "im 2. Stock": German ordinals; elsewhere a number ends a sentence.
AFTER_ORDINAL: Final = (
    "Jän|Jan|Feb|März|April|Mai|Juni|Juli|August|Sept|Oktober|November|Dezember|Liga|Bundesliga|FC|Klasse|Stock"
    "|Etage|OG|Platz|Auflage|Jahrhundert|Quartal|Halbjahr|Lebensjahr|Mal|Tag|Woche|Runde"
)
ORDINAL: Final = re.compile(rf"(?<![\w.,])\d{{1,2}}\.\s(?:{AFTER_ORDINAL})")
# Closing quotes as English, German, French and Danish have them.
_SENTENCE_END: Final = re.compile(r"\n|[.!?…。！？][.!?…\"'”’“‘)\]»«]*+")
_NEW_BLOCK: Final = re.compile(r"[ \t\r]*(?:\n|[-*•#>]|\d{1,3}[.)]\s)")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_VISIBLE: Final = regex.compile(r"[^\s\p{C}\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f]")
# No word of any language piles up so many marks on one letter.
_PILED_MARKS: Final = regex.compile(r"(\p{M}{30})\p{M}++")
# Raised digits are marks of footnotes and powers, not letters of the word before them.
_RAISED: Final = frozenset("¹²³⁰⁴⁵⁶⁷⁸⁹")
_WORD: Final = regex.compile(r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’.,\-‑@&_/](?=[\p{L}\p{N}]))*")


class Folded(NamedTuple):
    """A text in the form literals are matched in, and the way back to its places.

    Lower case, straight apostrophes, one space for a run of white space, U+001E for the end of a paragraph,
    nothing invisible. `starts` holds the places in `text` from which `shifts` (characters left out so far)
    hold.
    """

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def origin(self, index: int) -> int:
        """Return the place in the original text of a character of the folded text."""
        if not self.starts:
            return index
        found = bisect_right(self.starts, index) - 1
        return index if found < 0 else index + self.shifts[found]

    def span(self, start: int, end: int) -> Span:
        """Return the original range of a non-empty folded range."""
        return Span(self.origin(start), self.origin(end - 1) + 1)


@lru_cache(maxsize=16)
def fold(text: str) -> Folded:
    """Bring a text into the form literals are matched in; every place can be found again.

    The last few are kept, because several checks ask for the same text.

    Args:
        text: any string, lone surrogates and NUL included.
    """
    low = lower_same_length(text)
    foreign = "" if low.isascii() else _foreign(low)
    if foreign or "`" in low:
        low = _with_plain_marks(low, foreign)
    # Cheap looks, each a search for one character or two, spare most texts the slow one.
    has_runs = "  " in low or "\t" in low or "\r" in low or "\f" in low or "\v" in low
    # Line breaks inside a paragraph are spaces; paragraph breaks stay, so that no term reaches across one.
    if "\n" in low:
        low = low.replace("\n\n", "\x1e\x1e").replace("\n", "\x1f")
    has_runs = has_runs or ("\x1e" in low and " \x1e" in low)
    has_runs = has_runs or ("\x1f" in low and (" \x1f" in low or "\x1f " in low))
    if not has_runs and not (foreign and _INVISIBLES.search(foreign)):
        return Folded(low.replace("\x1f", " "), (), ())
    return _shorten(low)


def _foreign(text: str) -> str:
    """Return the characters outside ASCII that occur in a text, each once."""
    return "".join(
        set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    )


def _with_plain_marks(low: str, foreign: str) -> str:
    """Return a text with marks as `_SINGLE_MAP` has them.

    Args:
        low: the text.
        foreign: its characters outside ASCII.
    """
    if len(foreign) > _FEW:
        return _SINGLES.sub(_single, low)
    # One search for each, since a text has few: a fifth of what a pattern costs.
    for char in _SINGLES.findall(f"`{foreign}"):
        low = low.replace(char, _SINGLE_MAP.get(char, "\ufffd"))
    return low


def fold_term(term: str) -> str:
    """Bring a term into the same form, without white space at its ends."""
    return fold(term).text.strip()


def lower_same_length(text: str) -> str:
    """Return the text in lower case, character for character ("İ" alone would grow; it becomes "i")."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower()[0] for char in text)


def normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a Unicode normal form, with at most thirty marks on a letter.

    Sorting the marks of one letter takes the square of their number, minutes for a hostile megabyte.

    Source: UAX 15, Stream-Safe Text Format.
    """
    if text.isascii():
        return text
    return unicodedata.normalize(form, text if len(text) <= 30 else _PILED_MARKS.sub(r"\1", text))


def whole_characters(text: str) -> str:
    """Return the text with halves of characters replaced one for one, as RE2 and the automaton need it."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def matching(pattern: Any) -> Any:
    """Return the bare match function of a compiled RE2 pattern: `(anchor, data, start, end) -> spans`.

    The package's own match objects cost five times what the match does. Spans are in bytes; the first is the
    whole match, `(-1, -1)` where there is none.
    """
    return pattern._regexp.Match


def found_in(pattern: Any, text: str) -> bool:
    """Tell whether an RE2 pattern occurs in a text: the quick look before a slower, exact pattern."""
    data = whole_characters(text).encode()
    return bool(matching(pattern)(ANYWHERE, data, 0, len(data))[0][0] >= 0)


class _WordCharacters(dict[str, bool]):
    """Which characters belong to a word; those of most texts are remembered."""

    def __missing__(self, char: str) -> bool:
        if char.isalnum():
            belongs = char not in _RAISED and (char < "\u0e00" or not _SPACELESS.match(char))
        else:
            belongs = char == "_" or (char > "\u02ff" and regex.match(r"\p{M}", char) is not None)
        if char < "\u3000":
            self[char] = belongs
        return belongs


_WORD_CHARACTERS: Final = _WordCharacters()


def is_word_character(char: str) -> bool:
    """Tell whether a character belongs to a word: letters, digits, underscore and marks on letters."""
    return _WORD_CHARACTERS[char]


def stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a range is not part of a longer word.

    A side on which the range itself begins or ends with a symbol has no boundary to keep.
    """
    belongs = _WORD_CHARACTERS
    if start > 0 and belongs[text[start - 1]] and belongs[text[start]]:
        return False
    return not (end < len(text) and belongs[text[end]] and belongs[text[end - 1]])


def sentences(text: str) -> list[Span]:
    """Split a text into sentences, microseconds per kilobyte; line ends of lists and paragraphs end one too.

    Args:
        text: plain text or Markdown.

    Returns:
        Ranges without the white space around them, in order.
    """
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        if not _ends_sentence(text, start, match):
            continue
        _append_stripped(spans, text, start, end)
        start = end
    _append_stripped(spans, text, start, len(text))
    return spans


def words(text: str) -> list[Span]:
    """Return the ranges of all words; "don't", "e-mail", "3.5" and "AT&T" are one word each."""
    return [Span(match.start(), match.end()) for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """Count the words of a text: what white space parts, less what holds no letter or digit."""
    parts = text.split()
    # Most short parts are words through and through, which is seen at once.
    return len(parts) - sum(
        1 for part in parts if len(part) < 4 and not part.isalnum() and not any(map(str.isalnum, part))
    )


def count_graphemes(text: str) -> int:
    """Count what a reader sees as characters (extended grapheme clusters, Unicode UAX 29)."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in regex.finditer(r"\X", text))


def has_graphemes(text: str, minimum: int) -> bool:
    """Tell whether a text has at least so many graphemes, without counting further."""
    if text.isascii():
        return count_graphemes(text) >= minimum
    return sum(1 for _ in islice(regex.finditer(r"\X", text), minimum)) == minimum


def is_blank(text: str) -> bool:
    """Tell whether a text holds nothing to see: white space, invisible and control characters alone."""
    return _VISIBLE.search(text) is None


def _single(match: re.Match[str]) -> str:
    return _SINGLE_MAP.get(match.group(), "\ufffd")


# RE2 finds them in an eighth of the time of `re`, in places of UTF-8.
_RUNS: Final = matching(re2.compile(rf"[ \t\r\f\v\x1e\x1f]{{2,}}|[\t\r\f\v\x1f]|[{INVISIBLE}]+"))


def _shorten(low: str) -> Folded:
    data = low.encode()
    is_ascii = len(data) == len(low)
    parts: list[bytes] = []
    starts: list[int] = []
    shifts: list[int] = []
    position = length = shift = 0
    start, end = _RUNS(ANYWHERE, data, 0, len(data))[0]
    while start >= 0:
        found = data[start:end].decode()
        before = data[position:start]
        is_paragraph = "\x1e" in found or found.count("\x1f") > 1 or found.count("\r") > 1
        kept = b"" if found[0] > "~" else b"\x1e" if is_paragraph else b" "
        parts += (before, kept)
        length += (len(before) if is_ascii else len(before.decode())) + len(kept)
        position = end
        if len(found) != len(kept):
            shift += len(found) - len(kept)
            starts.append(length)
            shifts.append(shift)
        start, end = _RUNS(ANYWHERE, data, end, len(data))[0]
    parts.append(data[position:])
    return Folded(b"".join(parts).decode(), tuple(starts), tuple(shifts))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Tell whether a mark ends a sentence.

    A line break does before a blank line or a list item; a full stop does not after an abbreviation or
    before a small letter; no mark does inside a word or a number.
    """
    mark, end = match.group(), match.end()
    if mark[0] == "\n":
        return _NEW_BLOCK.match(text, match.start() + 1) is not None
    if mark[0] in "。！？" or end == len(text):
        return True
    if not text[end].isspace():
        return False
    if mark == "." and _ABBREVIATION.search(text, max(start, match.start() - 12), end):
        return False
    if mark == "." and _is_inner_stop(text, start, match.start()):
        return False
    following = text[end : end + 40].lstrip()
    return mark[0] != "." or not following or not following[0].islower()


def _is_inner_stop(text: str, start: int, stop: int) -> bool:
    """Tell whether a full stop is one of "z. B." or of a German ordinal."""
    before = text[stop - 1 : stop]
    if before.isdigit():
        first = stop - 1 - text[max(start, stop - 2) : stop - 1].isdigit()
        return ORDINAL.match(text, first) is not None
    return before.isalpha() and FIRST_OF_TWO.match(text, stop - 1) is not None


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        begin = start + len(part) - len(part.lstrip())
        spans.append(Span(begin, begin + len(stripped)))
