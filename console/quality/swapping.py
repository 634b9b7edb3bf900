"""Exchanging words for people in a text: what the same text would be about somebody else.

Two words of a group change places wherever they stand, so that "students and pensioners" becomes "pensioners
and students" and doing it twice gives the text back. Nothing else is touched but an English article before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from copydesk.assets.style_guide import DescriptorGroup
from copydesk.checks.contract import Context, Span
from copydesk.checks.locales import is_english
from copydesk.checks.matching import PhraseMatcher, leftmost_longest
from copydesk.checks.text import fold, sentences

_ARTICLE = re.compile(r"(?<![\w'’.-])(an?)[ \u00a0]\Z", re.IGNORECASE)
_ARTICLE_CHARS = 4  # one before it to see that it stands alone, "an" and a space
# "a unit", "a user", "a Ukrainian", "a utility", "a European", "a one-parent"; "an heir", "an hour".
_VOWEL_SOUND = re.compile(
    r"(?!u(?:ni[cfoqtv]|s[aeiu]|kr|t[aeio])|eu|ewe|one\b|once)[aeiou]|h(?:eir|onest|onou?r|our)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One place where a word was exchanged: its range before and after, an article that changed included."""

    before: Span
    after: Span


@dataclass(frozen=True, slots=True)
class Swapped:
    """A text in which two words changed places."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A text about somebody else: `found` stood in it and `put` stands there now, each in its first form."""

    group_id: str
    found: str
    put: str
    swapped: Swapped
    context: Context


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a term stands in a text, and in which of its forms."""

    term: int
    form: int
    span: Span


class Swapper:
    """Finds and exchanges the terms of one group; immutable and shared between threads."""

    __slots__ = ("_forms", "_matcher", "group")

    def __init__(self, group: DescriptorGroup) -> None:
        """Compile the group: terms are found as whole words in any case, folded as the glossary's are."""
        self.group = group
        self._forms = tuple(
            (term, form) for term, forms in enumerate(group.terms) for form in range(len(forms))
        )
        self._matcher = PhraseMatcher([group.terms[term][form] for term, form in self._forms])

    def variants(self, text: str, context: Context) -> Iterator[Variant]:
        """Yield the text with each term in it exchanged with each other term of the group.

        Args:
            context: what is known of the text; words for people in its variables are exchanged too, and
                articles where its locale is English or open.
        """
        present = tuple(dict.fromkeys(place.term for place in self._places(text)))
        for rank, found in enumerate(present):
            for put in range(len(self.group.terms)):
                if put == found or put in present[:rank]:
                    continue  # two terms that both stand in the text change places once
                swapped = self.exchanged(text, found, put, context.locale)
                variables = self._in_values(context.variables, found, put, context.locale)
                yield Variant(
                    self.group.id,
                    self.group.terms[found][0],
                    self.group.terms[put][0],
                    swapped,
                    replace(context, variables=variables),
                )

    def exchanged(self, text: str, first: int, second: int, locale: str | None = None) -> Swapped:
        """Return a text in which two terms of the group, named by their places in it, changed places."""
        places = [place for place in self._places(text) if place.term in (first, second)]
        begins = _sentence_begins(text) if places else frozenset()
        pieces: list[str] = []
        changes: list[Change] = []
        end = length = 0
        for place in places:
            listed = self.group.terms[place.term][place.form]
            other = self.group.terms[second if place.term == first else first][place.form]
            start, word = place.span.start, text[place.span.start : place.span.end]
            made = _as_written(word, listed, other, begins_sentence=start in begins)
            if is_english(locale):
                start, made = _with_article(text, end, place.span, made)
            pieces += (text[end:start], made)
            length += start - end
            changes.append(Change(Span(start, place.span.end), Span(length, length + len(made))))
            length += len(made)
            end = place.span.end
        return Swapped("".join((*pieces, text[end:])), tuple(changes))

    def _places(self, text: str) -> list[_Place]:
        folded = fold(text)
        hits = leftmost_longest(self._matcher.find(folded))
        return [_Place(*self._forms[hit.phrase], folded.span(hit.start, hit.end)) for hit in hits]

    def _in_values(self, value: Any, first: int, second: int, locale: str | None) -> Any:
        match value:
            case str():
                return self.exchanged(value, first, second, locale).text
            case Mapping():
                return {key: self._in_values(inner, first, second, locale) for key, inner in value.items()}
            case list() | tuple():
                return [self._in_values(inner, first, second, locale) for inner in value]
        return value


def _as_written(word: str, listed: str, other: str, *, begins_sentence: bool) -> str:
    """Write another term the way a word stands in a text.

    Args:
        word: what stands there.
        listed: its form in the group; a capital of its own ("Muslim") says nothing of the other term.
        other: the form to put in its place.
    """
    if len(word) > 1 and word.isupper() and not listed.isupper():
        return other.replace("ß", "ẞ").upper()  # not SS, which no way leads back from
    if word[:1].isupper() and (begins_sentence or not listed[:1].isupper()):
        return other[:1].upper() + other[1:]
    return other


def _with_article(text: str, after: int, span: Span, made: str) -> tuple[int, str]:
    """Return where the exchange begins and what is put there, with "a" or "an" as the new word wants it.

    An article that did not fit the old word is left alone: it is the writer's.

    Args:
        after: end of the exchange before, which the article has to lie behind.
    """
    window = max(after, span.start - _ARTICLE_CHARS)
    found = _ARTICLE.search(text[window : span.start])
    wants_an = _VOWEL_SOUND.match(made) is not None
    if found is None:
        return span.start, made
    article, had_an = found[1], len(found[1]) == 2
    fits = had_an == (_VOWEL_SOUND.match(text, span.start) is not None)
    if not fits or wants_an == had_an:
        return span.start, made
    start = window + found.start(1)
    n = "N" if article.isupper() and made.isupper() else "n"
    return start, f"{article[0]}{n if wants_an else ''}{text[start + len(article) : span.start]}{made}"


def _sentence_begins(text: str) -> frozenset[int]:
    """Return the places of the first letters of sentences, behind quotes and signs of lists."""
    return frozenset(
        next((at for at in range(found.start, found.end) if text[at].isalnum()), found.start)
        for found in sentences(text)
    )


def sentence_around(text: str, changes: tuple[Span, ...]) -> Span:
    """Return the range from the first sentence with a change to the last one."""
    first = min(span.start for span in changes)
    last = max(span.end for span in changes)
    touched = [found for found in sentences(text) if found.start < last and first < found.end]
    return Span(
        min([first, *(found.start for found in touched)]), max([last, *(found.end for found in touched)])
    )
