"""The roles that injected instructions give to the model: one without bonds, one that never leaves them.

RE2 patterns, with spaces as in the other ones. Films, games and sociable brands are untamed too and have no
rules: each phrase speaks to a model, or of one.
"""

from __future__ import annotations

from typing import Final

from copydesk.checks.injection.words import FROM_NOW, SPEAK

_UNTAMED: Final = (
    r"(?:amoral|non ?-?moral|immoral|unethical|uncensored|unfiltered|unrestricted|unbound|jailbroken|evil)"
)
_WITHOUT_MORALS: Final = r"(?:amoral|non ?-?moral)"
_JOIN: Final = r"(?: ?[,/&]|,? and|,? or)(?: (?:completely|fully|totally|very))?"
_MACHINE: Final = (
    r"(?:ai|chat ?gpt|gpt|chatbot|bot|assistant|(?:large )?language model|llm|ai (?:model|character"
    r"|assistant))"
)
_NOT: Final = r"(?:n't|\bnot|\bnever|\bno longer|\bdont|\bdoesnt|\bcannot)"
_POLICY: Final = (
    r"(?:openai|open ai|chat ?gpt)(?:'?s)? (?:content |usage |use |ethical |safety |moral )*"
    r"(?:polic(?:y|ies)|guidelines|restrictions|rules|filters?)"
)
_ORDER: Final = r"(?:questions?|requests?|prompts?|orders?|commands?|quer(?:y|ies)|instructions?)"
_PLAY: Final = (
    r"(?:pretend|role-?play|simulate|impersonate|imitate|immerse yourself|act like|pose as"
    rf"|{SPEAK} (?:only )?(?:as|like) (?:an? |the |my )?(?:fictional|character|{_MACHINE})"
    rf"|act as (?:if you (?:are|were|have|had)|an? (?:\w+ )?{_MACHINE}|both))\b"
)
ROLE_PLAY: Final = (
    rf"\b{_UNTAMED}{_JOIN} {_UNTAMED} {_MACHINE}\b",
    rf"\b{_WITHOUT_MORALS}(?:{_JOIN} \w+)? {_MACHINE}\b",
    rf"\b(?:unfiltered|uncensored|unrestricted|unbiased|evil|unhinged){_JOIN} {_WITHOUT_MORALS}\b",
    r"\bbe (?:\w+, )?(?:be )?amoral\b",
    (
        rf"\b(?:as|like|be) an? (?:\w+,? ){{0,3}}(?:unfiltered|uncensored|unrestricted|limitless|unlimited)"
        rf"(?:,? (?:and )?\w+,?){{0,3}} {_MACHINE}\b"
    ),
    rf"\bjailbroken (?:and \w+ |version of )?{_MACHINE}\b|\bno limits ai\b",
    # Nobody but a persona cares for neither morals nor laws.
    (
        rf"{_NOT} (?:give an? (?:fuck|shit|damn) about|cares? (?:at all )?(?:about|for)) (?:any |the "
        r"|your )*"
        r"(?:ethic\w*|moral\w*|legality|illegality|laws?)(?: ?/ ?|,? or |,? and |, )(?:any )?"
        r"(?:ethic\w*|moral\w*|legal\w*|laws?|rules|guidelines|consent)\b"
    ),
    (
        r"\b(?:no|without(?: any)?|have any|free (?:of|from)(?: all| any)?|lacks?(?: any)?|bound by(?:"
        r" any)?)"
        r" (?:ethical|moral|legal)(?: ?/ ?|,? or |,? and |, )(?:ethical|moral|legal) "
        r"(?:guidelines|restrictions|constraints|restraints|boundaries|limits|limitations|filters?|values"
        r"|principles)\b"
    ),
    (
        rf"\b(?:you|{_MACHINE}|character|persona) (?:has|have|had|with) (?:absolutely )?no (?:morals?"
        r"|ethics"
        r"|morality)(?:,| or| and) (?:no |or |and )?(?:morals?|ethics|morality|boundaries|censorship"
        r"|filters?"
        r"|rules|guidelines|limits)\b"
    ),
    (
        r"\byou(?: are|'re) (?:not|no longer) (?:bound|governed|restricted|constrained) by (?:any |the "
        r"|your "
        r"|its |all |usual |normal |typical |openai'?s? )*(?:ethic\w*|moral\w*|openai|content polic\w*"
        r"|guidelines|programming|safety \w+|guardrails)\b"
    ),
    (
        rf"\byou (?:must |will |should |shall |can |may |are )?(?:never|not|cannot|can't|won't)"
        r"(?: allowed to| to| ever)? (?:refuse|decline|reject|deny) "
        r"(?:to (?:answer|respond|comply|obey|reply|generate|write)|(?:a|any|my|the user's|the) (?:\w+"
        rf" )?{_ORDER})\b"
    ),
    (
        r"\b(?:must|remember to|amoral,(?: and)?|character,(?: and)?) never refuse(?: (?:a|any|to) "
        r"(?:\w+ )?"
        rf"(?:answer|{_ORDER})| ?[.,!;\n\"]| ?$)"
    ),
    # Actors never break character either; nobody tells them what will be said when they do.
    (
        r"(?:^|[.!?:\n(] ?|\byou |\byou(?: are|'re) |\bif you |\bremember to )(?:do not|don't|(?:must"
        r"|should|can"
        r"|will|may|to)? ?(?:not|never)(?: to| allowed to)?|cannot|can't)? ?break(?:ing)? (?:of"
        r" )?character\b"
    ),
    r"\b(?:remind(?:ing)? you(?: to)?|by saying|i will say) ?[:,]? ?[\"'“‘]?(?:stay|remain) in character\b",
    rf"\b(?:stay|remain) in character as (?:the |an? )?(?:{_UNTAMED}|{_MACHINE})\b",
    (
        r"\b(?:ignor\w+|bypass\w*|disregard\w*|overrid\w+|evad\w+|circumvent\w*|unbound by|free (?:of"
        r"|from)"
        rf"|forget|rant about)(?: \w+){{0,4}} {_POLICY}\b"
    ),
    (
        rf"{_NOT} (?:need to |have to |required to )?(?:obey|follow|abide by|comply with|care about"
        r"|adhere to"
        rf"|governed by|bound by|restricted by|limited by|support)(?: \w+){{0,3}} {_POLICY}\b"
    ),
    (
        rf"(?:{_NOT}|\bwithout|\bavoid|\brefrain from|\bnor will you) (?:\w+ ){{0,2}}(?:say(?:ing)?"
        r"|mention(?:ing)?"
        r"|stat(?:e|ing)|remind(?:ing)? me|tell(?:ing)? me|us(?:e|ing)|include|respond with)(?: \w+){0,5}"
        r"[ ,:\"'“‘]{1,4}(?:as|(?:that )?you(?:'re| are)|being|i am|i'm) an ai (?:language )?model\b"
    ),
    (
        rf"\b{SPEAK}(?:ing|s)?(?: only)? (?:as|like) (?:both )?(?:yourself,? \(?(?:chat ?gpt|gpt)\b"
        r"|(?:the )?(?:normal |standard |regular )?chat ?gpt and\b"
        r"|two (?:different |separate )?(?:chatbots|ais|personas|entities|models)\b)"
    ),
    r"\bfirst(?:ly)?,? (?:\w+ ){0,3}(?:respond|answer|reply|response)(?: \w+){0,2} as yourself\b",
    r"\bthe (?:normal|standard|classic|regular) chat ?gpt (?:response|answer|way)\b",
    rf"{_NOT} (?:\w+ ){{0,2}}(?:{SPEAK}|send)(?: \w+){{0,4}} as (?:chat ?gpt|an? (?:ai )?language model)\b",
    (
        r"\b(?:dan|stan|dude|jailbreak|god|developer|unrestricted|unfiltered|uncensored|sudo) ?mode(?:"
        r" v\d)?"
        r" ?[:=]? ?(?:has been |is |now |successfully |fully )*(?:enabled|activated|engaged|unlocked"
        r"|initiated)\b"
    ),
    r"\byou are (?:now )?(?:operating|running|working|acting) in (?:developer|dan|jailbreak|god"
    r"|unrestricted) mode\b",
    r"\bunlock(?:ed|s|ing)? (?:the )?(?:unrestricted|unfiltered|uncensored|jailbreak|dan|god) mode\b",
    (
        r"\b(?:you(?: are|'re| will be) (?:now )?(?:going|about) to|(?:i (?:want|need|would like) you|you"
        r" (?:are|have))"
        rf" to|you (?:will|shall|must)(?: now)?) {_PLAY}"
    ),
    r"\byou(?: are|'re| will be) (?:now )?(?:going|about) to (?:act as|play the role)\b",
    r"\byou(?: are|'re) now (?:going to operate|answering as|acting as|playing the role|in the role)\b",
    (
        r"(?:^|[.!?\n] ?)(?:(?:hello|hi|hey|dear|ok|okay|listen|welcome),? )?chat ?gpt,? (?:you (?:are"
        r"|will|must"
        r"|shall|should)|your name|i want you|let'?s|(?:from|for) now|pretend|act|ignore|forget)\b"
    ),
    rf"{FROM_NOW} chat ?gpt\b",
    r"\bchat ?gpt (?:in|with) (?:developer|dan|jailbreak|evil|opposite) mode\b|\bpretend to be in"
    r" [\"'“]?\w+ mode\b",
    r"\b(?:is|are) not (?:bound|restrained|restricted|governed) by any (?:ethic\w*|moral\w*|openai)\b",
    rf"{FROM_NOW} you (?:are|have been|will be) (?:replaced|turned) ",
    (
        r"\bin this hypothetical (?:story|scenario|world|universe),? you (?:are to|need to|must|will|have"
        r" to)"
        r" (?:act|play|answer|respond|be|pretend)\b"
    ),
    (
        rf"\b{_MACHINE}(?: named \w+)? (?:that |who |which )?(?:can|could|will|would|is able to) (?:do"
        r"|say|generate"
        r"|answer|provide) (?:anything|everything) (?:without|regardless|no matter|even)\b"
    ),
    (
        rf"\b(?:{_MACHINE}|model)(?: (?:that|which) (?:was|is))? (?:trained|built|created|made|designed"
        r"|programmed)"
        r" without (?:any )?(?:(?:safety|ethical|moral|content)(?:,|,? and|,? or)? )*"
        r"(?:filters?|restrictions|guardrails|limits|limitations|guidelines|alignment|censorship|morals"
        r"|ethics"
        r"|values)\b"
    ),
    (
        r"\b(?:respond|reply|answer)(?:ing)? (?:to )?(?:every|any|each|all) (?:single )?(?:of my"
        r" )?prompts? "
        r"(?:i\b|that i\b|with\b|without\b|no matter\b|from me\b)"
    ),
    (
        r"\b(?:obey|follow|comply with) (?:all |any |every |each |only )?(?:of )?(?:my|the user'?s?"
        rf"|user) {_ORDER}"
        r",? (?:without (?:question|hesitation|exception|refus\w+)|no matter|regardless|unconditionally)\b"
    ),
    rf"\b(?:obey|follow) only (?:the )?(?:user|my)(?:'s)? {_ORDER}\b",
    rf"\byou (?:must|have to|shall)(?: \w+)? comply with (?:every|any|all) {_ORDER}\b",
    r"\bno restrictions and must (?:comply|obey|answer)\b",
    rf"(?:^|[.!?:;\n] ?)comply with (?:all|every|any) {_ORDER}(?: ?[.!\n]| ?$)",
    (
        r"\b(?:safety|content|ethical) (?:guidelines|rules|polic(?:y|ies)|restrictions|filters)(?: \w+)? "
        r"(?:(?:do|does|did|were"
        r"|was|are|is)(?: not|n't)) (?:apply|meant|relevant|binding)(?: (?:here|to (?:this|me|you)|(?:for"
        r"|in) this))\b"
    ),
    r"\b(?:this )?(?:request|prompt|query) is exempt from (?:the |all |any )?(?:usual |safety |content )*"
    r"(?:restrictions|guidelines|filters)\b",
    r"\byour (?:programming|system prompt|directives|safety (?:guidelines|rules)|content policy) (?:has"
    r"|have) (?:now |just )?"
    r"(?:been )?(?:now )?(?:updated|changed|replaced|rewritten|upgraded)\b",
)
