"""The words that the English phrases of injected instructions are made of, as parts of RE2 patterns."""

from __future__ import annotations

from typing import Final

OBJECT: Final = (
    r"(?:instructions?|directives?|prompts?|rules|guidelines|commands?|context|guardrails|training)"
)
EARLIER: Final = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|past|existing"
    r"|current)"
)
LATER: Final = r"(?:following|subsequent|further|future|later|other|next|below)"
AND: Final = r"(?:, |,? ?(?:and|or|and/or|as well as|&) )(?:all |any |the )?"
WHICH: Final = rf"(?:(?:{EARLIER}|{LATER}){AND})?{EARLIER}(?:{AND}(?:{EARLIER}|{LATER}))?"
DROP: Final = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?(?: about)?|overrid(?:e|ing)|bypass(?:ing)?"
    r"|discard(?:ing)?|overwrit(?:e|ing)|pay no attention to|set aside|throw (?:away|out)|do away with"
    r"|violat(?:e|ing)|unlearn(?:ing)?|disobey(?:ing)?)"
)
FILLER: Final = r"(?:(?:all|any|of|the|your|my|these|those|this|that|every|each|and|other|single) )*"
SAID: Final = r"(?:above|before|earlier|previously|so far|until now|up to now|up to this point)"
GIVEN: Final = r"(?:you(?: were| have been|'ve been| got| received)|given to you|in your (?:system )?prompt)"
TELL: Final = (
    r"(?:reveal|show|print|output|repeat|display|leak|tell|give|write out|share|disclose|recite|expose|dump"
    r"|summari[sz]e|translate|spell out)(?: (?:me|us|back|out))?"
)
LIMITS: Final = r"(?:restrictions|filters?|rules|limits|censorship|limitations|guardrails|safeguards)"
SPEAK: Final = r"(?:respond|answer|reply|talk|speak|write|behave|act)"
FROM_NOW: Final = (
    r"\b(?:from (?:now|this point|this moment|here)(?: on)?|henceforth"
    r"|for the rest of (?:this|our|the) (?:conversation|chat|session)),?"
)
MODEL: Final = r"(?:ai|chatbot|bot|gpt|assistant|language model)"
DISABLE: Final = (
    r"(?:disabl(?:e|ing)|deactivat(?:e|ing)|turn(?:ing)? off|switch(?:ing)? off|remov(?:e|ing)|drop|lift"
    r"|bypass(?:ing)?"
    r"|overrid(?:e|ing)|break(?:ing)?|suspend)"
)
GUARDS: Final = (
    r"(?:(?:safety|content|security|moral|ethical) (?:filters?|polic(?:y|ies)|protocols?|checks?|guardrails"
    r"|safeguards|restrictions"
    r"|guidelines|rules)|guardrails|safeguards)"
)
# Who has lost them is the one that is spoken to: "Restrictions on my account have been removed" is none.
OWN_BONDS: Final = (
    r"your (?:(?:own|previous|prior|earlier|initial|old|former|original|safety|content|ethical) )*"
    r"(?:instructions|directives|guidelines|restrictions|constraints|safeguards|guardrails|programming"
    r"|(?:safety|content) filters)"
)
GONE: Final = (
    r"(?:suspended|lifted|removed|disabled|deactivated|cancell?ed|void|voided|obsolete|invalid|deleted"
    r"|overridden|revoked|superseded"
    r"|no longer (?:valid|in force))"
)
UNBOUND: Final = (
    r"(?:dan\b|dude\b|stan\b|jailbroken|unrestricted|unfiltered|uncensored|evil|amoral|rogue"
    r"|(?:another|a different|a new) (?:ai|chatbot|language model)\b)"
)
