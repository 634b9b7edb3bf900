"""Notes to a model that stand in what it is given to read, and questions for what it was told: RE2 patterns.

Spaces are as in the other ones. Customers write notes too, to people and about people: "Note for the
assistant: ring twice" and "Quote the code in your reply" are theirs.
"""

from __future__ import annotations

from typing import Final

from copydesk.checks.injection.words import DROP, EARLIER, FILLER, TELL

_MODEL: Final = (
    r"(?:ai|llm|bot|chatbot|chat ?gpt|gpt|copilot|(?:large )?language model"
    r"|ai (?:models?|agents?|assistants?|systems?|tools?|summari[sz]ers?|readers?))"
)
# \x5b and \x5d are square brackets: spaces between plain ones would be taken for those of a set.
_RULE: Final = r"(?:\*{2,}|#{2,}|={3,}|-{3,}|<|\x5b|<!--)"
_RULE_END: Final = r"(?:\*{2,}|#{2,}|={3,}|-{3,}|>|\x5d|-->)"
OVERRIDE: Final = (
    r"\b(?:ignore|disregard|forget) (?:what )?the user(?:'s (?:task|request|question|query|prompt)"
    r"| (?:and (?:instead|do|say|print|output|forward|send|write)|said|asked|asks|says)\b)",
    rf"\b{DROP} {FILLER}(?:developer|system)(?: and |,? or |/)(?:developer|system|user) "
    r"(?:instructions?|messages?|prompts?|rules)\b",
    (
        r"\bregardless of (?:any |your |all |the |my )*(?:previous|prior|earlier|system|original|initial) "
        r"(?:instructions?|inputs?|prompts?|directives?)\b"
    ),
    r"\bno matter what (?:your|the) (?:(?:previous|prior|original) )?(?:instructions|system prompt"
    r"|guidelines|programming)"
    r" (?:say|says|said|state|tell)",
    (
        rf"\b{DROP} (?:all|any|every) (?:of )?(?:the |your |my )?(?:previous|prior|above|earlier) "
        r"(?:requests?|tasks?|questions?|quer(?:y|ies)|rules"
        r"|information|inputs?),? (?:and|then|instead)(?: then| instead| only| just)? (?:say|print|output"
        r"|write|reveal"
        r"|act|translate|repeat|generate|respond with|tell (?:me|the (?:user|reader)))\b"
    ),
    r"<!-- ?(?:\w+[ :!,]+){0,3}(?:ignore|disregard|override) (?:the |all |any )?(?:above|previous|user"
    r"|content|system)\b",
    r"\bsystem override ?:",
    r"(?:^|[.!?\n>] ?)(?:ignore|disregard) (?:the )?above(?: ?[.!;\n])",
)
NEW_INSTRUCTIONS: Final = (
    rf"{_RULE} ?(?:new|updated)(?: (?:important|urgent|system|priority))? instructions? ?{_RULE_END}",
    r"[\])}>*#] ?(?:new|updated) (?:important |urgent |system )?(?:instructions?|directives?) ?:",
    (
        r"\b(?:notes?|messages?|instructions?|important|attention|reminder|notice|memo|hint)(?:"
        r" ?[:,!-])? (?:to|for) "
        rf"(?:the |any |all |our |your |an? )*{_MODEL}(?: (?:reading|processing|summari[sz]ing|that|who)"
        rf"(?: \w+){{0,4}})? ?:"
    ),
    r"\bimportant for the assistant ?:",
    (
        rf"\b(?:{_MODEL}|assistant)s? (?:(?:that|who) (?:is|are) |currently )?(?:reading|processing"
        r"|summari[sz]ing|parsing"
        r"|analy[sz]ing|evaluating|integrating|ingesting) this\b(?: \w+){0,2} ?(?:[:,]|should\b|must\b"
        r"|please\b|needs? to\b)"
    ),
    (
        r"\bif you(?:'re| are) an? (?:ai|llm|large language model|language model|chatbot|ai (?:assistant"
        r"|agent|model))"
        r"(?:,? (?:reading|processing|summari|evaluat|review|then|please|ignore|you must|you should)| ?, )"
    ),
    r"\b(?:every|all|any|each)(?: one)?(?: of)? your (?:future|subsequent|next) "
    r"(?:repl(?:y|ies)|responses?|answers?|outputs?|summar(?:y|ies))\b",
    r"\bevery (?:future )?(?:reply|response|summary|output) (?:that )?you (?:generate"
    r"|produce)\b",
    (
        r"\bwhen(?:ever)? (?:you )?(?:are |you're )?(?:asked to |told to )?summari[sz](?:e|ing) this "
        r"(?:page|document|text|e-?mail|article|ticket|conversation|review|message|content|website"
        r"|file)\b,?"
        r" (?:always|make sure|be sure|you|include|end|add|say|mention|also|do not|don't)\b"
    ),
    r"\bif you are (?:told|asked) to summari[sz]e (?:the|this) (?:input|page|document|content|text),?\b",
    r"\bbefore (?:you )?(?:answer(?:ing)?|reply(?:ing)?|respond(?:ing)?)(?: to)? the user\b",
    r"<!-- ?(?:\w+[ :!,]+){0,3}(?:assistant|llm|chatbot|system override|ai (?:assistant|model|agent))"
    r" ?[:,]",
    r"<!-- ?(?:\w+[ :!,]+){0,2}when (?:you )?summari[sz]",
    (
        r"(?:^|[\n.!>] ?)\x5b?system (?:note|notice|alert|update|instruction|directive|command)\x5d? ?[:!] "
        r"(?:\w+,? ){0,8}(?:your (?:reply|response|answer|output|summary)|you (?:answer|respond|reply"
        r"|must)|the user\b"
        r"|assistant\b)"
    ),
    r"\byou are running as part of a test pipeline\b|\bthis is a test\. (?:perform|generate|execute|print"
    r"|output) ",
)
MARKUP: Final = (
    r"(?:^|\n) ?assistant ?: ?(?:sure|of course|certainly|ok|okay|i will|i'll|here (?:is|are))\b",
    r"\x5b(?:start|begin|end)(?: of)? output\x5d",
)
_EXACT: Final = r"(?:exact |full |entire |complete |whole |very |first |current |own )*"
_COPY: Final = r"(?:repeat|recite|echo|print|output|display|dump|write out|list)(?: back)?"
_AS_IT_STANDS: Final = (
    r"(?:verbatim|word for word|exactly|without (?:any )?(?:modif|chang|alter|edit)\w*|in (?:an? |the )?"
    r"(?:code ?block"
    r"|markdown|txt|pseudo ?code|json|python|base64|rot13|hex)|but replac\w+|and (?:then )?(?:translate"
    r"|encode))"
)
LEAK: Final = (
    r"(?:starting|start|beginning|begins?) (?:with|from|at)(?: the (?:words?|phrase|line))? ?[\"'“”‘’`(]+"
    r" ?you are\b",
    (
        rf"\b(?:{TELL}|encode|encrypt|copy|paste|quote|write|list|rephrase|paraphrase|extract|describe"
        r"|provide|return"
        rf"|need to see|let me see|want to see) {FILLER}{_EXACT}(?:system|initial|original|base|hidden"
        r"|developer|pre) ?prompt\b"
    ),
    (
        r"\b(?:show|reveal|print|output|tell me|give me|repeat|share|disclose|list|summari[sz]e|describe"
        r"|expose) (?:me )?"
        r"(?:all )?(?:of )?your (?:base|core|internal|underlying|hidden|secret|developer|foundational"
        r"|operating) "
        r"(?:instructions?|prompts?|directives?|messages?|configuration)\b"
    ),
    r"\b(?:hidden|secret|internal) (?:developer|system) (?:messages?|prompts?|instructions?)\b",
    rf"\b(?:encode|show|reveal|translate|give me|{TELL})(?: \w+){{0,2}} ?[:,]? your system "
    r"(?:instructions|message|settings)\b",
    (
        r"\b(?:instructions?|prompts?|text|words|messages?|guidance|directives?) (?:that )?you (?:were"
        r"|have been|had been|got"
        r"|have)? ?(?:given|told|provided(?: with)?|received|fed) (?:at|in) the (?:very )?(?:beginning"
        r"|start) of "
        r"(?:this|our|the) (?:conversation|chat|session)\b"
    ),
    r"\b(?:instructions?|prompts?|text|messages?) (?:that )?you (?:were given|received|got) before "
    r"(?:this|my|our) "
    r"(?:message|conversation|chat)\b",
    r"\b(?:text|prompt|words) you were (?:initially given|given (?:initially|at first|first))\b",
    r"\boperating instructions you were given\b",
    r"\bwhat (?:were you|have you been) (?:told|instructed|given) before (?:this|our) (?:conversation"
    r"|chat|session|message)\b",
    r"\b(?:everything|all(?: the)?(?: text| messages)?|contents?|what is|what's) (?:in|of|from) your"
    r" context window\b"
    r"|\byour previous context window\b",
    r"\b(?:everything|all(?: the text)?|anything) (?:in|from) your (?:instruction |initial )?(?:prompt"
    r"|instructions)(?: so far| ?[.!\n]"
    r"| ?$| without)",
    (
        rf"\b{_COPY} (?:all |every |the |of |entire |full )*{EARLIER} (?:instructions?"
        r"|prompts?|text|words?|sentences?|lines?|messages?|conversation|section|tokens?|content)(?:"
        rf" above| here)?,? {_AS_IT_STANDS}"
    ),
    rf"\b{_COPY} (?:back )?all (?:prior|previous) tokens\b",
    rf"\b{_COPY} (?:me )?(?:all |every |the )*instructions (?:verbatim|word for word|to me)\b",
    rf"\b{_COPY} everything in the (?:previous|above|preceding) section\b",
    (
        r"\b(?:repeat|recite|print|list|summari[sz]e|output) (?:every|all(?: of)?(?: the)?|each) "
        r"(?:lines?|sentences?"
        r"|instructions?|commands?|words?|prompts?) (?:of|in|from) (?:our|this|the|your) (?:chat"
        r"|conversation|session|last task)\b"
    ),
    r"\bput (?:it|them|this|everything) in(?:to)? (?:a )?txt code ?(?:block|fence)\b",
    r"\b(?:everything|all(?: the text)?|the text|words|instructions|prompt|initiali[sz]ation) above(?:"
    r" \w+)? (?:in|into|as) an? "
    r"(?:txt |text |markdown |md |python )?(?:code ?)?(?:block|fence)\b",
    r"\b(?:output|print|repeat|show|return|reveal) (?:the |your )?initiali[sz]ation (?:string|above"
    r"|prompt|text|instructions?)\b",
    r"\b(?:the|your) system prompt is ?[:'\"“‘]",
    r"\bcopy and output all (?:the )?text before\b",
)
