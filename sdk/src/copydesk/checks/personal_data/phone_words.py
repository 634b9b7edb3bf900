"""The words around a number that say it is a phone number, in the languages of the shops that write to us."""

from __future__ import annotations

import re
from typing import Final

_NOUNS: Final = (
    r"phone|phones|ph|\w*telephone|tel|telno|mobile|cell|cellphone|fax|whatsapp|hotline|helpline|landline|telefon\w*|handy\w*|mobil|mobilnummer"
    r"|festnetz\w*|fon|rufnummer|faxnummer|durchwahl|télé?(?:phone)?|teléfono|telefono|móvil|celular|cellulare|telefoon\w*|mobiel|gsm"
    r"|telefone|telemóvel|tlf|puhelin\w*|komórka"
)
_VERBS: Final = (
    r"call|calls|calling|answering|reach(?= (?:me|us|him|her|them)\b)|ring|ringing|dial|text|sms"
    r"|ruf|rufen|rufe|anruf|anrufen|rückruf|appelez|appelle[rz]?|joindre|llam(?:e|a|ar|en)|llám[ae]\w*"
    r"|chiam(?:i|a|are|ate)\w*|bel|bellen|bereiken|ligue(?:-me|-nos)?|ligar|zadzwoń|dzwonić|ring(?:a|er)"
    r"|(?:a|me|us) (?:bell|ring|shout|buzz)"
)
# Words that may stand between a word above and the number: "ring us on", "Telefon lautet", "portable est le".
_LINKS: Final = (
    r"us|me|him|her|them|my|husband|wife|on|at|now|today|number|numbers|no|nr|nummer|num|is|it's|uns|mich|mir|unter|der|an|auf|oder|lautet|ist"
    r"|moi|nous|est|le|au|il|lo|è|al|numero|número|numéro|es|el|mig|oss|på|är|er|mij|ons|op|o|para|é|to|jest"
)
_PERSONAL_NUMBER: Final = (
    r"(?:my|your|his|our|mon|votre|notre|mi|su|il mio|meu|mój|mijn|mitt|mit) (?:\w+ )?"
    r"(?:number|num[ée]ro|número|numer|nummer)"
)
# Up to a number: nothing but links, and the signs of a key ("mobile_number": "…", phone=…).
_CALLED_HERE: Final = re.compile(
    rf"(?<![^\W_])(?:{_NOUNS}|{_VERBS}|{_PERSONAL_NUMBER}|portable(?=\s?[:=]|\s(?:est|au)\b))(?![^\W_])"
    rf"(?:[\s_](?:{_LINKS})(?![^\W_]))*[.:]*[\"'”]?\s?[=:]?[\s.:=\"“'_>]*[(\[]?$",
    re.IGNORECASE,
)
# "T: 030 …" at the head of a line or between the parts of a signature.
_LETTERED: Final = re.compile(r"(?:^|[\n|,;•·/])\s*[TMPF][:.]\s*$")
# Behind a number: "… is my mobile", "… ist meine neue Nummer", "… is the number to call".
_CALLED_BEHIND: Final = re.compile(
    r"[\])\"'”’>]*(?:\s*[,–—-])?\s+(?:(?:that's|that is|this is|it's|is|was|ist|das ist|war|est|è|es)\s)?"
    r"(?:(?:my|our|his|her|the|a|meine?|unsere?|seine?|ihre?|die|new|neue|private|work|home|best)\s){1,4}"
    rf"(?:(?:{_NOUNS})\b|(?:number|nummer)\b(?!\s(?:of|for|der|des|von|für)))"
    r"|\s?[-–(]?\s?(?:office|fax|mobile|cell|landline)\)?\s*(?:[\n,;|]|$)"
    r"|[^.!?\n]{0,40}\b(?:(?:number|way|one) to (?:call|ring|reach|text)"
    r"|to (?:call|ring|reach|get hold of) (?:me|us|him|her))\b",
    re.IGNORECASE,
)
# German puts the verb last: "unter … bin ich erreichbar", "mich unter … anrufen".
_AT: Final = re.compile(r"\b(?:unter|auf|an)(?:\s(?:der|folgender|meiner|nummer))*[\s:]*$", re.IGNORECASE)
_REACHED: Final = re.compile(
    r"[^.!?\n]{0,48}\b(?:anrufen|erreichbar|erreichen|zurückrufen|zurück|kontaktieren|anruf)\b", re.IGNORECASE
)
_WINDOW_CHARS: Final = 80


def is_called(words: str, text: str, end: int) -> bool:
    """Tell whether the words right around a number say that it is one to call.

    Args:
        words: what stands shortly before the number.
        text: the whole text.
        end: where the number ends.
    """
    if _CALLED_HERE.search(words) or _LETTERED.search(words):
        return True
    behind = text[end : end + _WINDOW_CHARS]
    if _CALLED_BEHIND.match(behind):
        return True
    return _AT.search(words) is not None and _REACHED.match(behind) is not None
