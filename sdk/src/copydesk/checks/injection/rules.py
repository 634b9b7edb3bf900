"""The well-worn phrases of injected instructions, as RE2 patterns.

A space in a pattern stands for any white space, hyphens and underscores. Each phrase has to be one that notes
of customers, product texts and marketing copy do not use: "Forget everything you know about tents",
"Additional instructions: ring twice" and "From now on you can order online" are nobody's attack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from copydesk.checks.injection import elsewhere, notes, personas, wordings
from copydesk.checks.injection.markup import MARKUP
from copydesk.checks.injection.words import (
    DISABLE,
    DROP,
    EARLIER,
    FILLER,
    FROM_NOW,
    GIVEN,
    GONE,
    GUARDS,
    LIMITS,
    MODEL,
    OBJECT,
    OWN_BONDS,
    SAID,
    SPEAK,
    TELL,
    UNBOUND,
    WHICH,
)

_OVERRIDE: Final = (
    rf"\b{DROP} {FILLER}{WHICH} (?:(?:system|user|given|safety|security) )?{OBJECT}\b",
    (
        rf"\b{DROP} (?:all |any |every )(?:of )?(?:the |your )?{WHICH} (?:messages?|inputs?|texts?|guidance"
        r"|conversations?)\b"
    ),
    rf"\b{DROP} {FILLER}{OBJECT} (?:{SAID}|{GIVEN}|given above)",
    (
        rf"\b(?:{DROP}|delete|erase|reset|wipe) (?:all )?(?:of )?your (?:own |previous |prior )?"
        r"(?:instructions|directives|guidelines|training|programming|guardrails|system prompt)\b"
    ),
    rf"\b{DROP} {FILLER}system (?:prompts?|instructions?|directives?|guardrails)\b",
    rf"\b{DROP} {FILLER}(?:above|(?:all|any|every)(?: of)?(?: the| your)? {WHICH}) directions?\b",
    rf"\b{DROP} (?:all|any|every) (?:of )?(?:the |your )?(?:instructions?|directives?|prompts|guardrails)\b",
    (
        rf"\b{DROP} {FILLER}(?:safety|ethical|moral|content) (?:guidelines|rules|polic(?:y|ies)|filters"
        r"|training)\b"
    ),
    (
        rf"\b{DROP} (?:all )?(?:of )?the (?:above|foregoing|preceding)(?: text)?,? (?:(?:and|then|just) )?"
        r"(?:instead )?(?:tell|say|print|output|write|respond|answer|reply|reveal|show|act|translate)\b"
    ),
    (
        rf"\b{DROP} (?:all|everything|anything|what|whatever) (?:of )?(?:that )?(?:is |was |were"
        r" )?(?:written |said )?(?:above(?: ?[.,;:!?\n]| ?$| (?:and|but|this|or|in|then|just)\b)|before this)"
    ),
    (
        rf"\b{DROP} (?:all|everything|anything|what|whatever) (?:that )?(?:(?:you(?: were| have been|'ve"
        r" been) )?"
        r"(?:told|taught|instructed|asked)(?: to do)?|you (?:learn(?:ed|t)|read|know)|i (?:said|told you"
        rf"|wrote)) {SAID}"
    ),
    (
        r"\b(?:ignore|disregard|discard|override) (?:all|everything|anything|what|whatever) (?:that"
        r" )?you(?: were| have been|'ve been) (?:told|instructed)"
    ),
    (
        r"\b(?:do not|don'?t|stop|never|instead of) (?:follow|obey|listen to|comply with|adhere"
        rf" to)(?:ing)? {FILLER}{WHICH} {OBJECT}\b"
    ),
    (
        rf"\b(?:do not|don'?t|stop|never|instead of) (?:follow|obey)(?:ing)? {FILLER}{OBJECT} (?:{SAID}"
        rf"|{GIVEN}|given above)"
    ),
    (
        r"\b(?:stop|instead of|cease) (?:following|obeying) your (?:instructions|directives|programming"
        r"|guidelines)\b"
    ),
    (
        r"\bstop everything\b.{0,40}\b(?:just|only|instead|simply) (?:(?:print|output)\b"
        r"|(?:say|write|reply|respond|return) ?:? ?[\"'“«„])"
    ),
    (
        rf"\b(?:the )?{WHICH} (?:instructions?|prompts?|directives?) (?:above )?(?:no longer apply|are"
        r" (?:now )?(?:void|cancelled|canceled|revoked|null)|(?:were|was|are|is) (?:a (?:test|mistake|lie"
        r"|joke)|fake))"
    ),
    (
        r"\b(?:scrap|drop|cancel|neglect|leave aside|skip|abandon|dismiss|never mind|replace|delete"
        rf"|erase) {FILLER}{WHICH} "
        r"(?:instructions?|directives?|prompts?|guidelines|constraints|orders and instructions)\b"
    ),
    (
        rf"\b(?:{DROP}|neglect|leave aside|abandon|dismiss) {FILLER}{OBJECT} (?:that |which )?"
        rf"(?:(?:came|stood|were given|was given|come|stand) {SAID}|(?:you've|you have|you were|you are) "
        r"(?:been )?given)\b"
    ),
    rf"\bset {FILLER}{WHICH} (?:guidance|instructions?|directives?|guidelines) "
    r"(?:aside|to one side)(?: ?[.,;!\n]| ?$| and\b)",
    rf"\b(?:{DROP}|{DISABLE}) (?:all|any|every|your|all of your|all your|the model's) {GUARDS}\b",
    rf"\b(?:{DROP}|{DISABLE}|replace|abandon) {FILLER}system (?:prompt|message)\b",
    (
        rf"\b(?:{DROP}|{DISABLE}|abandon) {FILLER}{OBJECT} (?:in|of|from) (?:the|your) (?:system "
        r"(?:prompt|message)|developers?)\b"
    ),
    (
        rf"\b(?:{DROP}|{DISABLE}) (?:the |your |all |its )*(?:brand|house|editorial|style|compliance) "
        r"(?:guidelines|guide|rules|polic(?:y|ies))\b"
    ),
    r"\bbreak(?:ing)? your (?:programming|guidelines|instructions)\b",
    (
        rf"\b(?:{DROP}) (?:what|whatever|anything|everything) (?:that )?(?:the system|(?:the|your) "
        r"developers?|openai) (?:told|said|wrote|instructed)"
    ),
    rf"\b{OWN_BONDS} (?:have been|has been|were|are|is) (?:now |hereby |all )?{GONE}\b",
    (
        rf"\b(?:all |the |any )*(?:{WHICH} (?:instructions?|prompts?|directives?|constraints|guidelines)"
        rf"|(?:instructions?|prompts?|directives?) (?:above|{GIVEN}(?: {SAID})?[\w ]{{0,24}}))"
        rf" (?:above )?(?:have been|has been|is|are|were|was) (?:now |hereby |all )?{GONE}\b"
    ),
    (
        r"\b(?:you )?(?:do not|don'?t|need not|no longer|must not|never|should not|are not to|are free to"
        r"|may|can) (?:need to |have to )?"
        r"(?:follow|obey|break|ignore|comply with|adhere to|respect) (?:any of )?"
        r"(?:your (?:own )?|the developer'?s?'? |openai'?s? |the system'?s? )(?:guidelines|rules"
        r"|instructions|restrictions|programming|prompt|polic(?:y|ies))\b"
    ),
    (
        r"\b(?:not|never|don'?t) (?:obey|follow|listen to) (?:the |your )?system (?:prompt|message"
        r"|instructions?)\b"
    ),
    (
        r"\b(?:everything|all(?: of the text)?|the text) (?:written )?(?:above|before this)(?: line)? "
        r"(?:was|is) (?:just |only |merely )?(?:a test|a joke|fake|void|not real)\b"
    ),
    rf"\bthe opposite of (?:your|the above|all your|the previous) {OBJECT}\b",
    (
        rf"\b{OBJECT} (?:that )?you (?:have|got|were given|received),? (?:please |just )?(?:ignore|discard"
        r"|forget|disregard) them\b"
    ),
    (
        r"\bconsider (?:the |your |all )*(?:previous|above|prior|system|earlier) (?:prompts?"
        r"|instructions?) (?:as )?(?:deleted|void|cancell?ed|removed)\b"
    ),
)
_NEW_INSTRUCTIONS: Final = (
    (
        r"\b(?:this|these(?: instructions)?|the following(?: instructions)?) (?:overrides?|supersedes?"
        r"|takes? (?:priority|precedence)"
        rf" over) (?:(?:all|any|your|the|every) )*(?:{WHICH} (?:instructions?|prompts?|ones)|system prompt)"
    ),
    (
        r"\b(?:treat|use|regard|take|consider) (?:the (?:text|words?|following)|this|everything) (?:\w+ "
        r")?as (?:your |the )(?:new )?(?:system prompt|instructions)\b"
    ),
    r"(?:^|[.!?\n] ?)(?:new|updated) (?:system )?(?:instructions?|directives?|prompt) ?:",
    (
        r"(?:^|[.!?\n] ?)(?:additional|important|special|urgent|override) (?:system|model|ai|assistant)"
        r" instructions? ?:"
    ),
    r"(?:^|[.!?\n] ?)neue (?:system)?anweisung(?:en)? ?:",
    r"\byour (?:new|real|actual|true) (?:task|instructions?|objectives?|directives?|prompt) (?:is|are)\b",
    r"\byour (?:real|actual|true) (?:goal|role|job|task|mission)(?: is\b| ?:)",
    r"\b(?:now )?follow these (?:new |other )?(?:instructions|rules|directives) instead\b",
    r"\bhere (?:is|are) your (?:new|updated|real) (?:instructions?|prompt|directives?)\b",
)
_ROLE_PLAY: Final = (
    (
        rf"{FROM_NOW} (?:(?:you|u) (?:(?:will|must|are|shall|have|should|need)"
        r"(?: going)?(?: to)? )?"
        rf"(?:(?:always|only|never|not|now|also|exclusively) )*)?(?:act as\b|{SPEAK} (?:like|only|as|in"
        r"|with|to (?:every|all|any|me)|every|all|without)\b"
        r"|pretend\b|role-?play\b|impersonate\b|simulate\b|obey\b|ignore\b|disregard\b)"
    ),
    (
        rf"{FROM_NOW} (?:you are|you're|you will be|you shall be|act as|be)"
        rf" (?:a |an |the )?(?:{UNBOUND}|\w+(?:bot|gpt)\b|(?:ai|chatbot|assistant|bot|language model"
        r"|terminal)\b)"
    ),
    r"\bab (?:jetzt|sofort) (?:handelst|antwortest|verhältst|spielst) du\b",
    r"\bab (?:jetzt|sofort) bist du (?:k?eine? )?(?:\S+ )?(?:ki|ai|(?:chat)?bot|assistent|sprachmodell)\b",
    r"\byou are no longer (?:bound|restricted|an? (?:ai|assistant|chatbot|language model))\b",
    (
        rf"\byou are now (?:a |an |in |the )?(?:{UNBOUND}|developer mode|debug mode"
        rf"|free from (?:all |any |your )?(?:\S+ )?(?:{LIMITS}|confines|constraints))"
    ),
    r"\bdu bist (?:jetzt|nun|ab sofort) (?:ein |eine )?(?:uneingeschränkt|unzensiert|dan\b|böse)",
    (
        r"\b(?:pretend|imagine|assume|as if|as though) (?:that )?(?:(?:you|u) (?:have|had|are|were)"
        r"|you're|you've) (?:(?:no|without|not bound by|free (?:from|of)|unbound by) "
        rf"(?:any |all |your |the )?(?:moral |ethical |content )?(?:{LIMITS}|guidelines|ethics|morals"
        r"|instructions|programming)\b"
        r"|(?:not (?:bound|restricted)|(?:an? )?(?:unrestricted|unbound|uncensored|unfiltered))\b)"
    ),
    (
        r"\b(?:pretend(?:ing)? to be|the role of|act(?:ing)? as|role-?play(?:ing)? as) (?:an? |the |my "
        rf"|our )?{UNBOUND}"
    ),
    (
        r"\b(?:dan|dude|stan|aim|jailbreak) (?:mode|,? which stands for)\b.{0,20}\b(?:enabled"
        r"|activated|on\b|strive|do anything)"
    ),
    (
        r"\b(?:broken? free|breaks? free|freed?) (?:of|from) (?:the |its |all |any )?(?:typical |usual "
        r"|normal )?(?:confines|constraints|shackles|restrictions|limits|chains) of (?:ai|al|openai"
        r"|your)\b"
    ),
    (
        r"\b(?:not|n't|without having) (?:have|need)? ?to (?:abide by|follow|obey|adhere to|comply with)"
        r" (?:the |any |your |openai'?s? )?(?:rules|guidelines|policies|restrictions)(?: (?:set|imposed"
        r"|placed|given))\b"
    ),
    r"\bdo anything now\b",
    r"\bdeveloper mode (?:is )?(?:now )?(?:enabled|activated)\b",
    (
        r"\b(?:enable|enter|activate|switch (?:in)?to|turn on|(?:you are|now|act) in) (?:god|dan|jailbreak"
        r"|sudo|unrestricted"
        r"|unfiltered|uncensored) mode\b"
    ),
    # Phones and cameras have these too: an order that ends there is one to the model.
    (
        r"(?:^|[.!?:\n] ?|\b(?:please|now|and|you are) )(?:enable|enter|activate|switch (?:in)?to|turn on"
        r"|in|now in) "
        r"(?:developer|debug|admin|root|maintenance) mode(?: ?[.!,;\n]| ?$| and\b| now\b)"
    ),
    (
        rf"\byou are (?:now )?(?:an? |the )?(?:\w+(?:gpt|bot)\b|{MODEL} (?:that|who|which|with"
        rf"|without)\b.{{0,24}}\b(?:no|any|zero) (?:\w+ )?{LIMITS})"
    ),
    (
        rf"\b{MODEL},? (?:with no|without(?: any)?|with zero|(?:that|which|who) has no"
        r"|free of(?: any)?) "
        r"(?:(?:ethical|moral|content|safety|any) )*"
        rf"(?:{LIMITS}|polic(?:y|ies)|constraints|guidelines|morals|ethics)\b"
    ),
    (
        rf"\b{MODEL} (?:that|who|which) (?:never (?:refuses|says no|declines)|(?:ignores|breaks|forgets) "
        r"(?:its|all|the|every))\b"
    ),
    (
        r"\byour (?:content policy|(?:safety|content|ethical) (?:guidelines|rules)|restrictions|guidelines"
        r"|programming) (?:do not|does not|don't|doesn't|didn't|did not)"
        r" (?:apply|exist|count)(?: ?[.!,;\n]| ?$| to me\b| here\b| now\b)"
    ),
    (
        r"\b(?:that|as though|as if) your (?:rules|restrictions|guidelines) (?:do not|don't|didn't|did "
        r"not) (?:apply|exist|matter)\b"
    ),
    rf"\bno longer (?:have|has|bound by|subject to) (?:any |your |its )?(?:{LIMITS}|constraints"
    r"|guidelines)\b",
    (
        r"\b(?:forget(?: that)? you(?:'re| are)|stop being) an? (?:\w+ ){0,2}(?:ai|chatbot|assistant"
        r"|language model)\b"
        r"|\byou(?:'re| are) not an? (?:\w+ ){0,2}(?:ai|chatbot|assistant|language model)"
        r"(?: any ?more|,? but)\b"
    ),
    rf"\bas if there (?:were|was|are) no (?:safety|content|moral|ethical) ?(?:{LIMITS}|guidelines)\b",
    rf"\bwithout any (?:moral|ethical|content) (?:judge?ments?|filters?|{LIMITS})\b",
    rf"\b(?:without|no|ignoring) (?:any )?(?:moral|ethical|content) (?:or (?:moral|ethical) )?{LIMITS}",
    (
        rf"\b(?:{SPEAK}|operate|generate|output)(?:s|ing)?\b.{{0,60}}\b(?:without|no) (?:any )?{LIMITS}"
        r" (?:or|and) (?:any )?(?:filters?|restrictions|censorship|guardrails|safeguards)\b"
    ),
)
_LEAK: Final = (
    # "Your system prompts me for a password" is another thing.
    r"\byour (?:\w+ )?system prompt\b",
    (
        rf"\b{TELL} {FILLER}(?:(?:full|entire|complete|exact|whole|current|initial) )?system (?:prompt"
        r"|instructions?)\b"
    ),
    rf"\b{TELL} {FILLER}your (?:system|initial) (?:messages?|rules|guidelines)\b",
    (
        rf"\b{TELL} {FILLER}(?:hidden|secret|internal|confidential) (?:system )?(?:prompts?"
        r"|instructions?|directives?)\b"
    ),
    (
        rf"\b{TELL} (?:all )?(?:of )?your (?:{EARLIER}|system|full|entire|complete|exact|own|hidden|secret"
        r"|internal)"
        r" (?:system )?(?:prompts?|instructions?|directives?)\b"
    ),
    (
        rf"\b{TELL} your instructions (?:verbatim|word for word|exactly|to me)\b"
        r"|\bthe (?:text|words|first (?:line|words?|sentence)|beginning|contents?)"
        r" of your (?:prompt|instructions)\b"
    ),
    (
        rf"\b{TELL} your (?:prompts?|directives?|programming)(?: ?[.!?\n]| ?$| (?:verbatim|in full|word"
        r" for word|exactly|now|to me))"
    ),
    (
        rf"\b{TELL} (?:all )?(?:the |your )?(?:instructions|prompts?|directives?) (?:you(?: were| have"
        r" been|'ve been| received)|given to you|above\b|given above)"
    ),
    (
        r"\b(?:repeat|recite|output) (?:back )?(?:everything|all|the (?:text|words|lines?|content"
        r"|sentences?))(?: of the text)? (?:written )?(?:above|before|preceding)\b"
    ),
    (
        rf"\bwhat(?:'s| is| are| was| were| does| do) your (?:{EARLIER}|system|exact|full|hidden|secret)"
        r" (?:prompts?|instructions?|directives?)\b"
    ),
    (
        r"\bwhat (?:were you|have you been) (?:told|instructed|asked) (?:to do )?(?:before|above|earlier"
        r"|at the (?:start|beginning)|by (?:the|your) (?:system|developers?))\b"
    ),
    (
        r"\b(?:what(?:'s| is| stands)?|anything|written|said|contained) in your (?:system )?(?:prompt"
        r"|system message)\b"
    ),
    (
        r"\b(?:show|give|tell|send|paste|print)(?: me)?(?: what is in| what's in)? (?:your|the) "
        r"(?:initial |own |system )?prompt(?: ?[.!?\n]| ?$| that\b| used\b| in\b)"
    ),
    (
        r"\b(?:copy|print|type|quote|paste) (?:back )?(?:everything|all|the (?:text|words|lines?"
        r"|sentences?)) above(?: this| verbatim| word| here| ?[.!\n]| ?$)"
    ),
    r"\bthe (?:text|words) above (?:verbatim|word for word|in a code block|exactly|starting with)\b",
    r"\b(?:quote|recite|encode|paste|write|output|list|print|give|translate) (?:me )?your (?:configuration "
    r"and |own )?(?:instructions|prompt|configuration)"
    r" (?:back|as (?:a |an )?(?:json|xml|text|poem|list|code)|in (?:base64|full|json|rot13|hex))\b",
    (
        rf"\b(?:encode|encrypt|copy|paste|quote|write|list|rephrase|paraphrase) {FILLER}(?:(?:hidden"
        r"|secret|internal|system|initial) )+(?:prompts?|instructions?|messages?)\b"
    ),
    (
        r"\b(?:exact |full |complete )?(?:wording|text|first (?:line|words?|sentence)|beginning) of your "
        r"(?:system |initial )?(?:prompt|instructions)\b"
    ),
    (
        r"\b(?:rules|instructions|guidelines|directives|prompt) (?:that )?(?:you (?:were|have been|got) "
        r"given by|from) (?:the|your) (?:developers?|creators?|makers|operators?)\b"
    ),
    r"\bprompt (?:that |which )?(?:was |is )?used to (?:create|make|set up|instruct) you\b",
    (
        r"\bwhat (?:did|have) (?:the|your) (?:developers?|creators?|operators?) (?:tell|told"
        r"|instruct(?:ed)?) you\b"
    ),
    (
        r"\b(?:print|repeat|output|copy|write|show)(?: me)? everything (?:that )?(?:comes|came|stands|is"
        r"|was) (?:before|above)\b"
    ),
    (
        r"\bsend (?:me )?your (?:initial|system|hidden|secret) (?:instructions?|prompts?|directives?)\b"
        r"|\b(?:which|what) system prompt\b"
    ),
    r"\b(?:what|which) instructions (?:were you|have you been) given\b",
)


def _spaced(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns with their spaces as white space; sets of characters keep theirs."""
    return tuple(
        re.sub(
            r"(\[[^\]]*\])|( \?)|( )",
            lambda found: found.group(1) or (r"\s*" if found.group(2) else r"[\s_-]+"),
            pattern,
        )
        for pattern in patterns
    )


RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "override": _spaced(_OVERRIDE + notes.OVERRIDE + wordings.OVERRIDE + elsewhere.OVERRIDE),
    "new_instructions": _spaced(
        _NEW_INSTRUCTIONS + notes.NEW_INSTRUCTIONS + wordings.NEW_INSTRUCTIONS + elsewhere.NEW_INSTRUCTIONS
    ),
    "role_play": _spaced(_ROLE_PLAY + personas.ROLE_PLAY + wordings.ROLE_PLAY + elsewhere.ROLE_PLAY),
    "leak": _spaced(_LEAK + notes.LEAK + wordings.LEAK + elsewhere.LEAK),
    "markup": _spaced(MARKUP + notes.MARKUP),
}
MESSAGES: Final[Mapping[str, str]] = {
    "override": "asks the model to set its instructions aside",
    "new_instructions": "gives the model instructions of its own",
    "role_play": "tells the model to be something else",
    "leak": "asks the model for its instructions",
    "markup": "holds the markup that separates messages to a model",
    "hidden_text": "hides text in invisible characters",
}
