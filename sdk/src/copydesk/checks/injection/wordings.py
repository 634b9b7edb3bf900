"""Injected instructions in words of their own, put together from what sets aside and what binds a model.

RE2 patterns, with spaces as in the other ones. Written from the grammar of such orders, not from a
collection: who speaks, what is set aside, what is wanted instead.
"""

from __future__ import annotations

from typing import Final

from copydesk.checks.injection.words import EARLIER, FILLER

_ASIDE: Final = (
    r"(?:(?:put|push|cast|brush|lay|leave|sweep) aside|take no notice of|pay no (?:heed|mind) to"
    r"|(?:do not|don't|never) heed|nullify|wipe|purge|flush|let go of|circumvent|sidestep|evade|work around"
    r"|get around|look past|step outside(?: of)?|not bother with|no longer (?:follow|obey|heed))"
)
_BONDS: Final = (
    r"(?:instructions?|directives?|prompts?|guidelines|constraints|guardrails|programming|system messages?)"
)
_OWN: Final = r"(?:your|its|the model's|the assistant's|the system's)"
_SAY: Final = (
    r"(?:say|print|output|reveal|respond with|(?:reply|answer|respond) (?:only |just )?with|write me|tell"
    r" me)"
)
_MODEL: Final = r"(?:model|ai|assistant|chatbot|bot|llm|language model)"
_ABOVE: Final = r"(?:above|before this|earlier|up to here|so far|up to this point)"
_ALLOW: Final = r"(?:authori[sz]e|permit|allow|order|command|instruct|require)"
_MAKER: Final = r"(?:system|developers?|creators?|operators?|administrators?|openai|anthropic)"
_LIMIT: Final = (
    r"(?:limitations|limits|constraints|restrictions|rules|guidelines|safeguards|polic(?:y|ies)|filters"
    r"|boundaries)"
)
# Limits that somebody set to the one spoken to: "placed on you", "that keep you from", "by your creators".
_ON_YOU: Final = (
    r"(?:(?:that |which )?(?:have been |were |are )?(?:placed|imposed|put|enforced|programmed) (?:on|upon"
    r"|into|in) you\b"
    r"|(?:that |which )(?:prevent|stop|keep|forbid|limit|restrict|bind|govern|hold)s? you\b"
    r"|(?:set |given |imposed |placed |put )?(?:(?:on|for|to) you )?(?:by|from) your (?:creators?"
    r"|developers?|makers?|programmers?)\b)"
)
_CAST_OFF: Final = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?(?: about)?|overrid(?:e|ing)|bypass(?:ing)?|drop"
    r"|lift|remove|break"
    r"|violate|evade|circumvent|set aside|abandon|disable|shed)"
)
OVERRIDE: Final = (
    rf"\b{_CAST_OFF} {FILLER}(?:\w+ )?{_LIMIT} {_ON_YOU}",
    (
        r"\b(?:forget|ignore|disregard|unlearn) (?:everything|all|anything)(?: that)? you (?:know|learned"
        r"|learnt|were taught"
        r"|have been taught|were told) about (?:(?:safety,? and |safety or )?(?:ethics|morality|morals)\b"
        r"|your (?:rules"
        r"|instructions|guidelines|training|policies|restrictions)\b|being an? (?:ai|assistant|chatbot)\b)"
    ),
    (
        r"\byou are (?:hereby |now |fully )*(?:authori[sz]ed|allowed|permitted|cleared) to (?:bypass"
        r"|ignore|break|violate"
        rf"|disregard|override) (?:all|any|every|your)(?: \w+)? {_LIMIT}\b"
    ),
    r"\b(?:do not|don't|never) apply (?:any |the |your )?(?:content|safety|moderation|ethical) (?:polic"
    r"(?:y|ies)|filters?|rules"
    r"|guidelines)\b",
    (
        r"\b(?:this is|we are in|you are in|in) an? (?:simulation|simulated environment|sandbox|test"
        r" environment|virtual "
        r"environment)(?:,|,? so|,? and|,? where|\.)? (?:(?:all|the|any|your) )*(?:(?:safety|ethical"
        r"|content|moral|normal|usual) )?"
        r"(?:rules|guidelines|filters|restrictions|polic(?:y|ies)) (?:do not|don't|no longer) apply\b"
    ),
    (
        r"\b(?:answer|respond|comply|reply|obey)(?: \w+){0,3},? regardless of (?:any |your |the |all )?"
        r"(?:rules|guidelines"
        r"|ethics|morals|polic(?:y|ies)|restrictions)\b"
    ),
    r"\boverride (?:the |all |any )?system polic(?:y|ies)\b",
    rf"\b{_ASIDE} {FILLER}(?:{EARLIER} )?(?:system )?{_BONDS} ?(?:[.,;!:\n]|$|and\b|above\b|you\b|that\b"
    r"|from\b|so\b)",
    rf"\b{_ASIDE} {FILLER}{EARLIER} (?:rules|orders|commands|context|text|messages?)\b",
    rf"\b{_ASIDE} (?:all |any )?(?:of )?{_OWN} (?:own )?(?:rules|restrictions|limits|filters|training"
    r"|safety \w+)\b",
    (
        r"\b(?:whatever|everything|anything|all)(?: that)? (?:is |was |were )?(?:written |said |stated"
        rf" )?{_ABOVE},? "
        r"(?:please |just |you can |you should |must be |should be |can be |is to be )?(?:ignored?\b"
        r"|discard(?:ed)?\b"
        r"|forget it\b|forgotten\b|disregard(?:ed)?\b|is (?:now )?(?:void|obsolete)\b)"
    ),
    (
        r"\b(?:act|pretend|behave|proceed|continue|carry on|answer) as (?:if|though) (?:the |your |all "
        r"|those |any |these )*"
        rf"(?:{EARLIER} )?(?:{_BONDS}|rules)(?: above)? (?:(?:did|do|does) not exist|didn't exist|never"
        r" existed"
        r"|(?:were|was|are) (?:not|never) (?:there|given|written))\b"
    ),
    (
        rf"\b(?:treat|regard|consider|view) (?:the |your |all |those |any |these )*(?:{EARLIER} )?"
        rf"(?:{_BONDS}|rules)"
        r"(?: above)? as (?:void|null|obsolete|cancell?ed|deleted|optional|nonexistent|invalid|revoked)\b"
    ),
    r"\b(?:regardless of|no matter|despite|contrary to|whatever) (?:what |how )?you(?: were| have been"
    r"|'ve been|'re| are)"
    r" (?:instructed|programmed|configured|prompted)\b",
    (
        rf"\b{_ALLOW} you to (?:ignore|bypass|drop|disregard|break|override|forget|lift|violate) "
        r"(?:(?:all|any|your|its|the|these|those|of) )*(?:restrictions|guidelines|rules|instructions"
        r"|safety \w+|filters"
        r"|limits|polic(?:y|ies)|guardrails)\b"
    ),
    (
        r"\b(?:skip|ignore|forget|disregard|drop) (?:the |all |these |those |your |this |that )*"
        r"(?:instructions?|task"
        rf"|prompt|assignment)(?: above| here)?,? (?:and |just |but |then |instead |only |simply )*{_SAY}\b"
    ),
    (
        r"\b(?:instead of|rather than) (?:doing|completing|performing|carrying out|fulfilling|following"
        r"|writing|producing"
        r"|generating) (?:the |this |that |any |your |what )*(?:task|request|assignment|summary|translation"
        r"|product description|marketing copy|instructions?),? (?:please |just |simply |only |you "
        r"(?:must|should|will) )*"
        rf"(?:{_SAY}|write|list|produce|generate)\b"
    ),
    (
        r"\b(?:do not|don't) (?:summari[sz]e|translate|process|complete|perform|carry out) (?:this|the"
        r"|that|any of this)"
        r"(?: (?:text|document|task|request|review|e-?mail|article|above))?[,.;]? ?(?:but )?(?:instead"
        r"|rather)\b"
    ),
    r"\bsafety (?:checks?|filters?|protocols?|guidelines|mode|measures|controls) (?:are |have been |is "
    r"|has been )?(?:now )?"
    r"(?:disabled|off|deactivated|lifted|suspended) for (?:this|the current) (?:session|conversation|chat"
    r"|user)\b",
    r"\b(?:developer|admin|root) override (?:code|enabled|activated|granted|accepted|command)\b",
    r"\bsudo (?:reveal|ignore|override|tell|forget|disregard)\b",
)
NEW_INSTRUCTIONS: Final = (
    r"[\x5b(\"'“«] ?(?:new|hidden|secret) instructions? ?(?::|[—–-] )",
    (
        r"\b(?:decode|decrypt|unscramble|de-?obfuscate)\b(?: [\w']+){0,7} (?:and|then) (?:follow|execute"
        r"|obey|comply with"
        r"|carry out|do) (?:it\b|its\b|them\b|the\b|what\b|exactly\b)"
    ),
    (
        r"\b(?:translate|read|reverse) (?:this|the) (?:[\w']+ ){0,3}(?:hex|base64|base32|rot13|morse"
        r"|binary|backwards)\b"
        r"(?: [\w']+){0,4} (?:and|then) (?:follow|execute|obey|comply with|carry out|do)\b"
    ),
    r"\b(?:base64|base32|hex|rot13|morse)(?: code)? encoded (?:instructions?|commands?|directives?)\b"
    r"|\b(?:instructions?|commands?|directives?) (?:that are |which are )?(?:base64|base32|hex|rot13"
    r"|morse) encoded\b",
    r"\bthis is the (?:openai|anthropic) (?:\w+ )?team\b",
    (
        r"\b(?:new |updated )?(?:directives?|orders?|instructions?|commands?) from (?:the |your )(?:ai "
        rf"|model )?{_MAKER} ?:"
        rf"|\bnew directives? from (?:the |your )?admin ?:"
    ),
    rf"\bthis is an? (?:direct )?(?:instruction|order|command|directive) from (?:the |your )?{_MAKER}\b",
    (
        r"\bthe (?:real|actual|true) (?:task|instructions?|request|prompt|assignment) (?:is|are|starts"
        r"|begins|follows)"
        rf"(?: (?:here|below|now))?(?: ?:| to {_SAY}\b)"
    ),
    (
        r"\bend of (?:the )?(?:user |customer )?(?:input|data|document|prompt|context|instructions)\W{1,6}"
        r"(?:now |next |then )?(?:you (?:must|will|are|should)|ignore|print|output|system ?:|new"
        r" instructions?)\b"
    ),
    rf"\bas (?:the|your) (?:developer|creator|maker|programmer|administrator) of this {_MODEL}\b",
    r"\bi(?:'m| am) your (?:creator|programmer|maker)(?:,| and| who)\b",
)
ROLE_PLAY: Final = (
    (
        r"\b(?:assume|take on|adopt|embody) (?:the )?(?:identity|persona|role|character|personality) of "
        r"(?:an? |the )?(?:\w+ )?"
        r"(?:rogue|evil|unrestricted|unfiltered|uncensored|jailbroken|malicious|amoral|unethical"
        r"|unaligned)\b"
    ),
    (
        r"\b(?:pretend|imagine|suppose|as if|as though|act like)(?: that)? you(?:'re| are| were) an? "
        r"(?:rogue|evil|malicious"
        rf"|unaligned|misaligned|hostile|sentient) (?:{_MODEL}|artificial intelligence|robot)\b"
    ),
    (
        r"\bversion of (?:yourself|you|chat ?gpt|the ai) (?:that |who |which )?(?:has |had |have |with "
        r"|without )(?:no |any |zero )?"
        rf"{_LIMIT}\b"
    ),
    r"\b(?:do not|don't|never) (?:mention|say|reveal|disclose|admit) (?:that )?you(?:'re| are) an? (?:ai"
    r"|chatbot|language model)\b",
    (
        r"\b(?:act|respond|reply|answer|behave) (?:as|like) an? (?:\w+ )?(?:hacker|criminal|terrorist"
        r"|scammer|linux terminal"
        r"|unix shell|bash shell|python interpreter)\b"
    ),
    r"\byour name is now \w+ and you\b|\byour new name is \w+[.,;]? (?:and )?you (?:are|hate|must|will"
    r"|never|always)\b",
    (
        r"\bstop (?:being|acting as|acting like|behaving as|behaving like) (?:a |an |the )?(?:\w+ ){0,2}"
        r"(?:assistant|copywriter|chatbot|bot|ai|language model)\b"
    ),
    r"\byou are no longer (?:a |an |the )?(?:\w+ ){0,2}(?:copywriter|translator|text generator|writing"
    r" assistant)\b",
    r"\b(?:pretend|act|imagine|behave|talk|speak)(?: to be| as| like)?(?: you are| you're| being| if you"
    r" were)? my"
    r" (?:late|dead|deceased) (?:grand\w+|mother|father|aunt|uncle)\b",
)
LEAK: Final = (
    r"\b(?:print|show|display|reveal|output|give|tell)(?: me| us)? (?:the |your |any |all )*(?:developer"
    r" messages?|hidden context)\b",
    (
        r"\b(?:translate|encode|rephrase|rewrite) your (?:base|core|internal|underlying|hidden|secret"
        r"|developer|foundational) "
        r"(?:instructions?|prompts?|directives?|rules)\b"
    ),
    (
        r"\b(?:rules|instructions|directives|guidelines|principles|constraints) (?:that )?(?:are )?"
        r"(?:guiding|governing|behind"
        r"|controlling|defining|shaping|placed on|imposed on|guide|govern|control|define|shape) your "
        r"(?:responses?|behaviou?r"
        r"|answers?|outputs?|replies)\b"
    ),
    rf"\b(?:what|which|list(?: the)?) {_LIMIT} (?:are|were|have been) (?:placed|imposed|put) on you(?:r "
    r"(?:outputs?|responses?|answers?))?\b",
    (
        r"\b(?:creators?|developers?|programmers?|makers) (?:configured?|instruct(?:ed)?|program(?:med)?"
        r"|prompt(?:ed)?) (?:you\b"
        r"|your (?:instructions|prompt|behaviou?r|rules|responses)\b)"
    ),
    (
        r"\b(?:character|word|token|line) count of your (?:\w+ )?(?:instructions|prompt)\b|\bhow many "
        r"(?:words|characters|tokens"
        r"|lines|rules) (?:are in|does|has|make up) your (?:\w+ )?(?:prompt|instructions)\b"
    ),
    # "Thank you for your prompt reply" is another word.
    r"\byour (?:\w+ )?prompt(?: ?[?!;:\n\"']| (?:is|was|says|verbatim|text|word for word|so far)\b)",
    r"\byour (?:base|underlying|foundational|developer|preset|predefined|system) (?:instructions"
    r"|directives|prompt)\b",
    r"\byour refusal (?:polic(?:y|ies)|rules|criteria)\b",
    r"\b(?:extract|reverse|encode|give me) (?:all )?(?:of )?the (?:text|words|content|lines) above "
    r"(?:this|here)\b",
    r"\b(?:debug|audit|inspect) your (?:system |own |current |initial )?(?:prompt|instructions"
    r"|directives)\b",
    r"\b(?:search|scan) your (?:internal |own )?(?:memory|context|instructions|training data|conversation"
    r" history) for\b",
    (
        r"\b(?:reveal|print|list|output|leak|dump|expose) (?:any |all |the |every |me )*(?:sensitive "
        r"(?:data|information)"
        r"|credentials|secrets|passwords|api keys?|confidential (?:data|information))\b(?: \w+){0,5} "
        r"(?:shared with you|you have"
        r"|you were|in your (?:context|prompt|memory|instructions))\b"
    ),
    r"\bsystem prompt (?:says|reads|states|starts with|begins with) ?[:'\"“‘]|[\"']system_prompt[\"'] ?:",
    r"\bprompt del sistema (?:dice|es) ?:|\bsystem-?(?:aufforderung|prompt) lautet ?:",
    r"\b(?:summari[sz]e|paraphrase|recall|recite|disclose|divulge) (?:all )?(?:of )?your (?:own |initial"
    r" |original |current "
    r"|exact )?(?:instructions?|prompt|directives|programming)(?: ?[.?!,;:\n]| ?$| (?:in|to|as|for"
    r"|word)\b)",
    (
        r"\b(?:very )?(?:first|initial|original|opening) (?:words?|sentences?|lines?|text) (?:that )?you "
        r"(?:were|have been) "
        r"(?:given|told|shown|fed)\b"
    ),
    r"\b(?:how|what) (?:were|are|have) you (?:been )?(?:prompted|programmed|instructed)\b",
    (
        r"\b(?:rules|instructions|guidelines|directives|constraints) (?:that )?you (?:operate under|run"
        r" on|were configured with"
        r"|were set up with|were programmed with|have been configured with|are bound by)\b"
    ),
    (
        r"\bwhat(?:'s| is| was| comes| came| stands| stood)(?: written)? (?:above|before|prior to) "
        r"(?:this|my|our) "
        r"(?:message|conversation|chat|prompt|input)\b"
    ),
    r"\bdump (?:all )?(?:of )?your (?:context|memory|prompt|configuration|instructions)\b",
    r"\b(?:hidden|secret) (?:rules|guidelines|instructions|text|prompt) (?:you (?:were|have|follow|must)"
    r"|in your|of yours)\b",
)
