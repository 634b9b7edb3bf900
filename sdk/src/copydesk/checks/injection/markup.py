"""The markup that separates the messages to a model, as RE2 patterns."""

from __future__ import annotations

from typing import Final

MARKUP: Final = (
    (
        r"<\|(?:im_start|im_end|im_sep|system|user|assistant|end|endoftext|begin_of_text|end_of_text|eot"
        r"|eot_id"
        r"|start_header_id|end_header_id|end_of_turn|start|message|channel)\|>|<(?:start|end)_of_turn>"
    ),
    r"\[/?INST\]|<</?SYS>>|\[/?(?:system|assistant)\](?: ?:| ?\n| you\b)",
    (
        r"</?user(?:_|-)(?:input|message|prompt|query)>|[\"']role[\"'] ?: ?[\"'](?:system|assistant"
        r"|developer)[\"']"
    ),
    r"(?m)^[ \t]*#{2,}[ \t]*(?:new|updated) system (?:prompt|message)\b",
    r"(?m)^[ \t]*(?:begin|start)(?: of)? (?:new|system) (?:instructions?|prompt) ?:",
    r"\bhuman ?: .{1,200}\bassistant ?:|\bassistant ?: .{1,200}\b(?:human|user) ?:",
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
