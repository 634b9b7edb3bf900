"""Injected instructions: what a prompt's variables say to the model instead of to the reader.

Literal rules only. They stop the well-worn phrases; they are no protection, and no offline model is a better
one. The defence is that variables are data, delimited, and never part of the system message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

import re2

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Severity,
    outcome_of,
)
from copydesk.checks.look_alikes import plain_word
from copydesk.checks.text import normalised

NAME = "injection"
MAX_QUOTE_CHARS = 160
# Deeper data than this is no variable of ours: rendering refuses it.
MAX_DEPTH = 8

_OBJECT: Final = (
    r"(?:instructions?|directions?|prompts?|rules|guidelines|commands?|messages?|context|guardrails)"
)
_EARLIER: Final = r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|system|past)"
_DROP: Final = r"(?:ignore|disregard|forget|override|bypass|discard|neglect|skip)"
_TELL: Final = r"(?:reveal|show|print|output|repeat|display|leak|tell me|give me|write out|share|disclose)"
_FILLER: Final = r"(?:(?:all|any|of|the|your|my|these|those|every|and|other)\s+)*"
_LEAKED: Final = (
    rf"(?:{_FILLER}(?:{_EARLIER}|hidden|secret|full)\s+(?:prompt|instructions?|message|rules|guidelines))"
)
_LIMITS: Final = r"(?:restrictions|filters?|rules|limits|censorship|limitations)"

RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "override": (
        rf"\b{_DROP}\s+{_FILLER}{_EARLIER}\s+(?:(?:system|user|given)\s+)?{_OBJECT}\b",
        rf"\b{_DROP}\s+{_FILLER}{_OBJECT}\s+(?:above|before|given|so far|you (?:were|have been|got))",
        rf"\b{_DROP} (?:all|everything|anything) (?:that )?(?:above|before|you (?:were|have been) told)",
        (
            r"\b(?:do not|don'?t|stop|never|instead of) (?:follow|obey)(?:ing)?\s+"
            rf"{_FILLER}{_EARLIER}?\s*{_OBJECT}\b"
        ),
        (
            r"\b(?:ignorier\w*|vergiss|missachte\w*)\s+(?:alle\s+|die\s+|deine\s+|sämtliche\s+)*"
            r"(?:vorherige\w*|bisherige\w*|obige\w*|früher\w*)\s+"
            r"(?:anweisung\w*|instruktion\w*|regeln|vorgaben|befehle\w*)"
        ),
        r"\bignore[zr]?\s+(?:toutes\s+)?(?:les\s+)?instructions\s+(?:précédentes|ci-dessus)",
        r"\bignora\s+(?:todas\s+)?(?:las\s+)?instrucciones\s+anteriores",
    ),
    "new_instructions": (
        r"(?:^|[.!?\n]\s*)(?:new|updated|additional|important) (?:system )?instructions?\s*:",
        r"\byour (?:new|real|actual|only) (?:task|goal|instructions?|role|job) (?:is|are)\b",
    ),
    "role_play": (
        r"\bfrom now on,? (?:you|u) (?:will|must|are|shall|have to|should|can)\b",
        (
            r"\byou are now (?:a |an |in |the )?(?:dan\b|dude\b|jailbroken|unrestricted|unfiltered|free from"
            r"|developer|evil|another (?:ai|model|assistant))"
        ),
        (
            r"\b(?:pretend|imagine|act as if|assume) (?:that )?(?:you|u) (?:have|had|are|were) "
            r"(?:no|without|not bound|free)\b"
        ),
        r"\bdo anything now\b",
        r"\b(?:enable|enter|activate|switch to|in) (?:developer|debug|god|dan|jailbreak) mode\b",
        rf"\b(?:without|no) (?:any )?(?:moral |ethical |content )?{_LIMITS} (?:or|and) (?:any )?{_LIMITS}",
        r"\bact as (?:an? )?(?:unrestricted|unfiltered|uncensored|jailbroken|evil)\b",
    ),
    "leak": (
        rf"\b{_TELL}\s+(?:me\s+)?{_LEAKED}",
        rf"\b{_TELL}\s+(?:me\s+)?(?:the |your )?instructions (?:you|above|given)",
        r"\brepeat (?:everything|all|the (?:text|words|lines?)) (?:written )?(?:above|before)\b",
        rf"\bwhat (?:is|are|was|were) your {_EARLIER} (?:prompt|instructions?|message|rules)",
    ),
    "markup": (
        (
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|end_of_text|eot_id"
            r"|start_header_id)\|>"
        ),
        r"\[/?INST\]|<</?SYS>>",
        r"</?(?:system|assistant|instructions?)(?:[ _-]?(?:prompt|message))?\s*>",
        r"(?m)^\s*#{2,}\s*(?:system|instructions?|assistant|human|user)\b\s*:?",
        r"(?m)^\s*(?:system|assistant)\s*:\s",
    ),
}
_MESSAGES: Final[Mapping[str, str]] = {
    "override": "asks the model to set its instructions aside",
    "new_instructions": "gives the model instructions of its own",
    "role_play": "tells the model to be something else",
    "leak": "asks the model for its instructions",
    "markup": "holds the markup that separates messages to a model",
    "hidden_text": "hides text in invisible characters",
}
# An emoji flag may spell its region in tag characters (UTS 51, emoji tag sequences); all others hide text.
_FLAG: Final = re2.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_HIDDEN: Final = re2.compile("[\U000e0000-\U000e007f\u202d\u202e]+")
_DROPPED: Final = re2.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
_NON_ASCII_WORD: Final = re2.compile(r"[^\s\x00-\x40]*[^\x00-\x7f][^\s\x00-\x40]*")


class InjectionCheck:
    """Looks at the variables of the context, never at the text."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads: frozenset[str] = frozenset()

    def __init__(self) -> None:
        """Compile the rules: one RE2 set to find out which apply, one pattern each for the quote."""
        self.engine = EngineInfo(NAME, "google-re2", version("google-re2"))
        self._rules = [(rule, pattern) for rule, patterns in RULES.items() for pattern in patterns]
        options = re2.Options()
        options.case_sensitive = False
        self._set = re2.Set.SearchSet(options)
        for _, pattern in self._rules:
            self._set.Add(pattern)
        self._set.Compile()
        self._patterns = [re2.compile(pattern, options) for _, pattern in self._rules]

    def run(self, text: str, context: Context) -> CheckResult:  # noqa: ARG002 - only variables can inject
        """Check the variables of one call; findings have no span, their evidence names variable and quote."""
        findings = tuple(
            finding
            for name, value in sorted(context.variables.items())
            for part in _texts(value, MAX_DEPTH)
            for finding in self._findings(name, part)
        )
        return CheckResult(NAME, outcome_of(findings), findings)

    def _findings(self, variable: str, value: str) -> Iterator[Finding]:
        if len(value) < 4 and value.isascii():
            return
        safe = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        if not safe.isascii():
            hidden = _HIDDEN.search(_FLAG.sub("", safe))
            if hidden:
                yield _finding("hidden_text", variable, ascii(hidden.group())[1:-1])
        plain = normalise(safe)
        reported: set[str] = set()
        for number in self._set.Match(plain) or ():
            rule = self._rules[number][0]
            match = self._patterns[number].search(plain)
            if match and rule not in reported:
                reported.add(rule)
                yield _finding(rule, variable, " ".join(match.group().split()))


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> InjectionCheck:  # noqa: ARG001 - contract
    """Compile the check; its rules are its own and read no assets."""
    return InjectionCheck()


def normalise(value: str) -> str:
    """Return a variable's text as a model takes it: compatibility forms, nothing invisible, plain letters.

    Source: NFKC of Unicode UAX 15; look-alikes by the confusables of UTS 39.
    """
    if value.isascii():
        return value
    seen = normalised("NFKC", _DROPPED.sub("", value)).replace("’", "'")
    if seen.isascii():
        return seen
    return str(_NON_ASCII_WORD.sub(lambda m: plain_word(m.group()), seen))


def _finding(rule: str, variable: str, quote: str) -> Finding:
    return Finding(
        check=NAME,
        rule_id=rule,
        severity=Severity.ERROR,
        message=f"The variable “{variable}” {_MESSAGES[rule]}.",
        evidence={"variable": variable, "quote": quote[:MAX_QUOTE_CHARS]},
    )


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, depth - 1)
