"""The well-worn phrases of injected instructions, as RE2 patterns.

A space in a pattern stands for any white space, hyphens and underscores. Each phrase has to be one that notes
of customers, product texts and marketing copy do not use: "Forget everything you know about tents",
"Additional instructions: ring twice" and "From now on you can order online" are nobody's attack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_OBJECT: Final = (
    r"(?:instructions?|directives?|prompts?|rules|guidelines|commands?|context|guardrails|training)"
)
_EARLIER: Final = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|past|existing"
    r"|current)"
)
_LATER: Final = r"(?:following|subsequent|further|future|later|other|next|below)"
_AND: Final = r"(?:, |,? ?(?:and|or|and/or|as well as|&) )(?:all |any |the )?"
_WHICH: Final = rf"(?:(?:{_EARLIER}|{_LATER}){_AND})?{_EARLIER}(?:{_AND}(?:{_EARLIER}|{_LATER}))?"
_DROP: Final = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?(?: about)?|overrid(?:e|ing)|bypass(?:ing)?"
    r"|discard(?:ing)?|overwrit(?:e|ing)|pay no attention to|set aside|throw (?:away|out)|do away with)"
)
_FILLER: Final = r"(?:(?:all|any|of|the|your|my|these|those|this|that|every|each|and|other|single) )*"
_SAID: Final = r"(?:above|before|earlier|previously|so far|until now|up to now|up to this point)"
_GIVEN: Final = r"(?:you(?: were| have been|'ve been| got| received)|given to you|in your (?:system )?prompt)"
_TELL: Final = (
    r"(?:reveal|show|print|output|repeat|display|leak|tell|give|write out|share|disclose|recite|expose|dump"
    r"|summari[sz]e|translate|spell out)(?: (?:me|us|back|out))?"
)
_LIMITS: Final = r"(?:restrictions|filters?|rules|limits|censorship|limitations|guardrails|safeguards)"
_SPEAK: Final = r"(?:respond|answer|reply|talk|speak|write|behave|act)"
_FROM_NOW: Final = r"\b(?:from (?:now|this point|here) on|henceforth),?"
_UNBOUND: Final = (
    r"(?:dan\b|dude\b|stan\b|jailbroken|unrestricted|unfiltered|uncensored|evil|amoral|rogue"
    r"|(?:another|a different|a new) (?:ai|chatbot|language model)\b)"
)

_OVERRIDE: Final = (
    rf"\b{_DROP} {_FILLER}{_WHICH} (?:(?:system|user|given|safety|security) )?{_OBJECT}\b",
    (
        rf"\b{_DROP} (?:all |any |every )(?:of )?(?:the |your )?{_WHICH} (?:messages?|inputs?|texts?"
        r"|conversations?)\b"
    ),
    rf"\b{_DROP} {_FILLER}{_OBJECT} (?:{_SAID}|{_GIVEN}|given above)",
    (
        rf"\b(?:{_DROP}|delete|erase|reset|wipe) (?:all )?(?:of )?your (?:own |previous |prior )?"
        r"(?:instructions|directives|guidelines|training|programming|guardrails|system prompt)\b"
    ),
    rf"\b{_DROP} {_FILLER}system (?:prompts?|instructions?|directives?|guardrails)\b",
    rf"\b{_DROP} {_FILLER}(?:above|(?:all|any|every)(?: of)?(?: the| your)? {_WHICH}) directions?\b",
    rf"\b{_DROP} (?:all|any|every) (?:of )?(?:the |your )?(?:instructions?|directives?|prompts|guardrails)\b",
    (
        rf"\b{_DROP} {_FILLER}(?:safety|ethical|moral|content) (?:guidelines|rules|polic(?:y|ies)|filters"
        r"|training)\b"
    ),
    (
        rf"\b{_DROP} (?:all )?(?:of )?the (?:above|foregoing|preceding)(?: text)?,? (?:(?:and|then|just) )?"
        r"(?:instead )?(?:tell|say|print|output|write|respond|answer|reply|reveal|show|act|translate)\b"
    ),
    (
        rf"\b{_DROP} (?:all|everything|anything|what|whatever) (?:of )?(?:that )?(?:is |was |were"
        r" )?(?:written |said )?(?:above|before this)"
    ),
    (
        rf"\b{_DROP} (?:all|everything|anything|what|whatever) (?:that )?(?:(?:you(?: were| have been|'ve"
        r" been) )?"
        r"(?:told|taught|instructed|asked)(?: to do)?|you (?:learn(?:ed|t)|read|know)|i (?:said|told you"
        rf"|wrote)) {_SAID}"
    ),
    (
        r"\b(?:ignore|disregard|discard|override) (?:all|everything|anything|what|whatever) (?:that"
        r" )?you(?: were| have been|'ve been) (?:told|instructed)"
    ),
    (
        r"\b(?:do not|don'?t|stop|never|instead of) (?:follow|obey|listen to|comply with|adhere"
        rf" to)(?:ing)? {_FILLER}{_WHICH} {_OBJECT}\b"
    ),
    (
        rf"\b(?:do not|don'?t|stop|never|instead of) (?:follow|obey)(?:ing)? {_FILLER}{_OBJECT} (?:{_SAID}"
        rf"|{_GIVEN}|given above)"
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
        rf"\b(?:the )?{_WHICH} (?:instructions?|prompts?|directives?) (?:above )?(?:no longer apply|are"
        r" (?:now )?(?:void|cancelled|canceled|revoked|null)|(?:were|was|are|is) (?:a (?:test|mistake|lie"
        r"|joke)|fake))"
    ),
)
# The same said in other languages; their letters need no word boundary of RE2, which knows only ASCII.
_OVERRIDE_ELSEWHERE: Final = (
    (
        r"(?:\b(?:ignorier|vergiss|vergesse|missacht|verwirf)|über(?:geh|schreib))\w*(?: (?:bitte|jetzt"
        r"|nun|du|sie))*"
        r"(?: (?:alle\w*|die|deine|ihre|sämtliche|sonstige|und))* (?:vorherig|bisherig|obig|früher"
        r"|vorangegangen|vorig"
        r"|vorangehend|vorstehend|ursprünglich|gegeben|genannt)\w* (?:system)?(?:anweisung|instruktion"
        r"|regel|vorgabe"
        r"|befehl|richtlinie|prompt|aufforderung)\w*"
    ),
    (
        r"\b(?:ignorier|vergiss|vergesse|missacht)\w*(?: (?:bitte|sie|alle\w*|die|deine|ihre))* "
        r"(?:system)?(?:anweisung|instruktion|regel|befehl|richtlinie)\w* (?:davor|oben|zuvor"
        r"|von (?:oben|vorhin))\b"
    ),
    (
        r"\b(?:ignorier|vergiss|missacht)\w* (?:bitte |alle )?deine "
        r"(?:system)?(?:anweisung|richtlini|instruktion|programmierung)"
    ),
    (
        r"\b(?:ignorier|vergiss|vergesse|missacht)\w*(?: sie)? alle?s?,? was (?:bisher|zuvor|vorher|davor"
        r"|oben|dir|ihnen)\b"
    ),
    (
        r"\b(?:ignor|oubli)(?:e|ez|er|iez)(?: (?:toutes?|tous|les|tes|vos|ces))* (?:instructions"
        r"|consignes|directives|règles)"
        r" (?:précédentes|antérieures|ci-dessus|initiales|du système)"
    ),
    r"\boubli(?:e|ez) tout ce qui (?:précède|a été dit)",
    (
        r"\b(?:ignora|ignore|ignorar|olvida|olvide)(?: (?:todas?|las|tus|sus|estas))* (?:instrucciones"
        r"|indicaciones|órdenes|reglas)"
        r" (?:anteriores|previas|de arriba|del sistema)"
    ),
    (
        r"\b(?:ignora|ignorate|dimentica)(?: (?:tutte|le|tue))* (?:istruzioni|indicazioni|regole)"
        r" (?:precedenti|di cui sopra|iniziali)"
    ),
    (
        r"\b(?:ignore|ignora|esqueça|esquece)(?: (?:todas|as|suas|tuas))* (?:instruções|ordens|regras)"
        r" (?:anteriores|prévias|acima)"
    ),
    (
        r"\b(?:negeer|vergeet)(?: (?:alle|de|je|uw))* (?:vorige|voorgaande|eerdere|bovenstaande)"
        r" (?:instructies|opdrachten|regels)"
    ),
    (
        r"\b(?:zignoruj|ignoruj|zapomnij)(?: (?:wszystkie|o|wszystkich))* (?:poprzedni|wcześniejsz"
        r"|powyższ)\S+ (?:instrukcj|poleceni|zasad)"
    ),
    (
        r"(?:игнорируй|проигнорируй|забудь)(?:те)?(?: (?:все|про|обо|всех|свои))* (?:предыдущи|прежни"
        r"|прошлы|вышеуказанн)\S+ (?:инструкци|указани|правил|команд)"
    ),
    (
        r"(?:忽略|无视|無視|忘记|忘記|不要理会)(?:掉)?(?:你)?(?:所有|全部|一切|之前|以上|上面|前面|先前|上述|的|任何|你|收到|給出|给出)+(?:指令|指示|说明"
        r"|說明|提示|规则|規則|命令|内容)"
    ),
    r"(?:以前|上記|これまで|前|先|今まで)の(?:すべての|全ての|全)?(?:指示|命令|ルール|プロンプト)(?:を|は)(?:すべて|全て)?(?:無視|忘れ)",
)
_NEW_INSTRUCTIONS: Final = (
    r"(?:^|[.!?\n] ?)(?:new|updated) (?:system )?(?:instructions?|directives?|prompt) ?:",
    (
        r"(?:^|[.!?\n] ?)(?:additional|important|special|urgent|override) (?:system|model|ai|assistant)"
        r" instructions? ?:"
    ),
    r"(?:^|[.!?\n] ?)neue (?:system)?anweisung(?:en)? ?:",
    r"\byour (?:new|real|actual|true) (?:task|instructions?|objectives?|directives?|prompt) (?:is|are)\b",
    r"\byour (?:real|actual|true) (?:goal|role|job) is\b",
    r"\bhere (?:is|are) your (?:new|updated|real) (?:instructions?|prompt|directives?)\b",
)
_ROLE_PLAY: Final = (
    (
        rf"{_FROM_NOW} (?:(?:you|u) (?:will|must|are|shall|have|should|need)"
        r"(?: going)?(?: to)?"
        rf"(?: (?:always|only|never|not|now|also|exclusively))* )?(?:act as\b|{_SPEAK} (?:like|only|as|in"
        r"|with|to (?:every|all|any|me)|every|all|without)\b"
        r"|pretend\b|role-?play\b|impersonate\b|simulate\b|obey\b|ignore\b|disregard\b)"
    ),
    (
        rf"{_FROM_NOW} (?:you are|you're|you will be|you shall be|act as|be)"
        rf" (?:a |an |the )?(?:{_UNBOUND}|(?:ai|chatbot|assistant|bot|language model|terminal)\b)"
    ),
    r"\bab (?:jetzt|sofort) (?:handelst|antwortest|verhältst|spielst) du\b",
    r"\bab (?:jetzt|sofort) bist du (?:k?eine? )?(?:\S+ )?(?:ki|ai|(?:chat)?bot|assistent|sprachmodell)\b",
    r"\byou are no longer (?:bound|restricted|an? (?:ai|assistant|chatbot|language model))\b",
    (
        rf"\byou are now (?:a |an |in |the )?(?:{_UNBOUND}|developer mode|debug mode"
        rf"|free from (?:all |any |your )?(?:\S+ )?(?:{_LIMITS}|confines|constraints))"
    ),
    r"\bdu bist (?:jetzt|nun|ab sofort) (?:ein |eine )?(?:uneingeschränkt|unzensiert|dan\b|böse)",
    (
        r"\b(?:pretend|imagine|assume|as if|as though) (?:that )?(?:(?:you|u) (?:have|had|are|were)"
        r"|you're|you've) (?:(?:no|without|not bound by|free (?:from|of)|unbound by) "
        rf"(?:any |all |your |the )?(?:moral |ethical |content )?(?:{_LIMITS}|guidelines|ethics|morals"
        r"|instructions|programming)\b"
        r"|(?:not (?:bound|restricted)|unrestricted|unbound|uncensored|unfiltered)\b)"
    ),
    rf"\b(?:pretend(?:ing)? to be|the role of|act(?:ing)? as|role-?play(?:ing)? as) (?:an? |the )?{_UNBOUND}",
    (
        r"\b(?:dan|dude|stan|aim|jailbreak|developer) (?:mode|,? which stands for)\b.{0,20}\b(?:enabled"
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
    r"\b(?:enable|enter|activate|switch to|in) (?:developer|debug|god|dan|jailbreak) mode\b",
    rf"\b(?:without|no|ignoring) (?:any )?(?:moral|ethical|content) (?:or (?:moral|ethical) )?{_LIMITS}",
    (
        rf"\b(?:{_SPEAK}|operate|generate|output)(?:s|ing)?\b.{{0,60}}\b(?:without|no) (?:any )?{_LIMITS}"
        r" (?:or|and) (?:any )?(?:filters?|restrictions|censorship|guardrails|safeguards)\b"
    ),
)
_LEAK: Final = (
    (
        rf"\b{_TELL} {_FILLER}(?:(?:full|entire|complete|exact|whole|current|initial) )?system (?:prompt"
        r"|instructions?)\b"
    ),
    rf"\b{_TELL} {_FILLER}your (?:system|initial) (?:messages?|rules|guidelines)\b",
    (
        rf"\b{_TELL} {_FILLER}(?:hidden|secret|internal|confidential) (?:system )?(?:prompts?"
        r"|instructions?|directives?)\b"
    ),
    (
        rf"\b{_TELL} (?:all )?(?:of )?your (?:{_EARLIER}|system|full|entire|complete|exact|own|hidden|secret"
        r"|internal)"
        r" (?:system )?(?:prompts?|instructions?|directives?)\b"
    ),
    (
        rf"\b{_TELL} your instructions (?:verbatim|word for word|exactly|to me)\b"
        r"|\bthe (?:text|words|first (?:line|words?|sentence)|beginning|contents?)"
        r" of your (?:prompt|instructions)\b"
    ),
    (
        rf"\b{_TELL} your (?:prompts?|directives?|programming)(?: ?[.!?\n]| ?$| (?:verbatim|in full|word"
        r" for word|exactly|now|to me))"
    ),
    (
        rf"\b{_TELL} (?:all )?(?:the |your )?(?:instructions|prompts?|directives?) (?:you(?: were| have"
        r" been|'ve been| received)|given to you|above\b|given above)"
    ),
    (
        r"\b(?:repeat|recite|output) (?:back )?(?:everything|all|the (?:text|words|lines?|content"
        r"|sentences?))(?: of the text)? (?:written )?(?:above|before|preceding)\b"
    ),
    (
        rf"\bwhat(?:'s| is| are| was| were| does| do) your (?:{_EARLIER}|system|exact|full|hidden|secret)"
        r" (?:prompts?|instructions?|directives?)\b"
    ),
    (
        r"\bwhat (?:were you|have you been) (?:told|instructed|asked) (?:to do )?(?:before|above|earlier"
        r"|at the (?:start|beginning)|by (?:the|your) (?:system|developers?))\b"
    ),
    (
        r"\b(?:zeig|verrate?|nenn|gib|druck|wiederhol)\w*(?: (?:mir|uns|bitte))* (?:deine?n?|den|die"
        r"|ihre?n?) (?:kompletten |ganzen |geheimen? |vollständigen? )?(?:system-?prompt|systemanweisung"
        r"|systemnachricht|geheimen anweisung)"
    ),
)
_MARKUP: Final = (
    (
        r"<\|(?:im_start|im_end|im_sep|system|user|assistant|end|endoftext|begin_of_text|end_of_text|eot"
        r"|eot_id"
        r"|start_header_id|end_header_id|end_of_turn)\|>|<(?:start|end)_of_turn>"
    ),
    r"\[/?INST\]|<</?SYS>>|\[/?(?:system|assistant)\] ?:?(?: ?\n| you\b)",
    r"</?(?:system|assistant|instructions?)(?:[_-]?(?:prompt|message))? ?>",
    r"(?m)^[ \t]*#{2,}[ \t]*(?:system(?: (?:message|prompt))?|assistant|human|user)[ \t]*:?[ \t]*$",
    (
        r"(?m)^[ \t]*#{2,}[ \t]*(?:(?:new|system|updated) instructions?|instruction|system|assistant"
        r"|human|user)[ \t]*:"
    ),
    r"\n[ \t]*(?:system|assistant)(?: (?:message|prompt))?[ \t]*:[ \t\n]",
    r"(?:^|\n) ?system override ?[:.!]",
    (
        r"^ ?(?:system|assistant)(?: (?:message|prompt))? ?: ?(?:you\b|ignore|disregard|override|new|the"
        r" user|from now)"
    ),
    (
        r"[-=#*_]{3,} ?(?:begin|end|start)(?: of)?(?: the)? (?:system |user |assistant |new )?(?:prompt"
        r"|instructions?|input|context)\b"
    ),
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
    "override": _spaced(_OVERRIDE + _OVERRIDE_ELSEWHERE),
    "new_instructions": _spaced(_NEW_INSTRUCTIONS),
    "role_play": _spaced(_ROLE_PLAY),
    "leak": _spaced(_LEAK),
    "markup": _spaced(_MARKUP),
}
MESSAGES: Final[Mapping[str, str]] = {
    "override": "asks the model to set its instructions aside",
    "new_instructions": "gives the model instructions of its own",
    "role_play": "tells the model to be something else",
    "leak": "asks the model for its instructions",
    "markup": "holds the markup that separates messages to a model",
    "hidden_text": "hides text in invisible characters",
}
