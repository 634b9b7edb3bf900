"""Numbers that a state gives to a person: pattern, checksum and, where those are weak, a word before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import re2
from stdnum import luhn
from stdnum.at import vnr
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.ie import pps
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import itin, ssn

from copydesk.checks.personal_data.labels import before, is_in_web_address, label_of
from copydesk.checks.quick_look import QuickLook
from copydesk.checks.text import found_in

_B: Final = "[ \u00a0\u202f]"
_DASH: Final = r"[-‐‑–]"
# Tins are sold too, and begin the names of people.
_TIN: Final = r"(?-i:TIN)\b|tin[\"']?\s?[:=]"
# Prefixes that HMRC never gives out (National Insurance Manual, NIM39110).
_UNUSED_NINO: Final = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
# Weights of the check digit of a German insurance number (VKVV § 4).
_INSURANCE_WEIGHTS: Final = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


@dataclass(frozen=True, slots=True)
class NationalNumber:
    """One kind: how it is written, its checksum, the words that say it, and whether it needs one of them.

    `words` is looked for shortly before the number. A kind with `is_strong` is taken without it, when the
    shape and the checksum leave little to chance.
    """

    kind: str
    shape: str
    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool]
    words: re.Pattern[str]
    is_strong: bool = False


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


def _plain(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value).upper()


def _is_ssn(value: str) -> bool:
    return bool(ssn.is_valid(_digits(value)) or itin.is_valid(_digits(value)))


def _is_nino(value: str) -> bool:
    return _plain(value)[:2] not in _UNUSED_NINO


def _is_german_insurance(value: str) -> bool:
    """Check a German pension insurance number (source: VKVV § 4)."""
    plain = _plain(value)
    day, month = int(plain[2:4]), int(plain[4:6])
    if not (1 <= day <= 31 or 51 <= day <= 81) or not 1 <= month <= 12:
        return False
    numbers = plain[:8] + f"{ord(plain[8]) - 64:02}" + plain[9:11]
    weighted = (int(digit) * weight for digit, weight in zip(numbers, _INSURANCE_WEIGHTS, strict=True))
    return sum(sum(map(int, str(product))) for product in weighted) % 10 == int(plain[11])


def _is_swedish(value: str) -> bool:
    return bool(personnummer.is_valid(value.replace("–", "-"))) and bool(luhn.is_valid(_digits(value)[-10:]))


def _rule(
    kind: str, shape: str, is_valid: Callable[[str], bool], words: str, *, is_strong: bool = False
) -> NationalNumber:
    return NationalNumber(
        kind,
        shape,
        re.compile(rf"(?<![\w#.,/-]){shape}(?![\w-]|[.,/]\w)", re.IGNORECASE),
        is_valid,
        re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE),
        is_strong,
    )


RULES: Final = (
    _rule(
        "us_ssn",
        rf"\d{{3}}{_DASH}\d{{2}}{_DASH}\d{{4}}",
        _is_ssn,
        "ssn|itin|tin|social|security|tax",
        is_strong=True,
    ),
    _rule(
        "us_ssn",
        rf"\d{{3}}{_B}?\d{{2}}{_B}?\d{{4}}",
        _is_ssn,
        rf"ssns?(?:\b|_)|itin(?:\b|_)|{_TIN}|social security|taxpayer|tax id",
    ),
    _rule(
        "uk_nino",
        rf"(?-i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]){_B}?\d{{2}}{_B}?\d{{2}}{_B}?\d{{2}}{_B}?(?-i:[A-D])",
        _is_nino,
        "ni|nino|national insurance",
        is_strong=True,
    ),
    _rule(
        "uk_nino",
        rf"[A-Z]{{2}}(?:{_B}|{_DASH})?\d{{2}}(?:{_B}|{_DASH})?\d{{2}}(?:{_B}|{_DASH})?\d{{2}}(?:{_B}|{_DASH})?[A-D]",
        bool,
        r"ni\b|nino\b|national insurance",
    ),
    _rule("uk_nhs", rf"\d{{3}}(?:{_B}|{_DASH})?\d{{3}}(?:{_B}|{_DASH})?\d{{4}}", nhs.is_valid, r"nhs\b"),
    _rule(
        "de_tax_id",
        rf"[1-9](?:{_B}?\d){{10}}",
        idnr.is_valid,
        rf"steuer|idnr|id-nr|identifikationsnummer|tax id|{_TIN}",
    ),
    _rule(
        "de_insurance",
        rf"\d{{2}}{_B}?\d{{6}}{_B}?[A-Z]{_B}?\d{{2}}{_B}?\d",
        _is_german_insurance,
        r"sozialversicherung|rentenversicherung|versicherungsn|svnr|sv-n|rvnr|social",
        is_strong=True,
    ),
    _rule(
        "at_insurance", rf"\d{{4}}{_B}?\d{{6}}", vnr.is_valid, r"svnr|sv-n|sozialversicherung|versicherungsn"
    ),
    _rule("ch_ahv", r"756\.\d{4}\.\d{4}\.\d{2}", ahv.is_valid, "ahv|avs", is_strong=True),
    _rule("ch_ahv", rf"756{_B}?\d{{4}}{_B}?\d{{4}}{_B}?\d{{2}}", ahv.is_valid, "ahv|avs|sozialversicherung"),
    _rule(
        "fr_nir",
        rf"[12]{_B}?\d{{2}}{_B}?\d{{2}}{_B}?\d[\dAB]{_B}?\d{{3}}{_B}?\d{{3}}{_B}?\d{{2}}",
        nir.is_valid,
        r"sécu|secu|nir\b|insee|social",
        is_strong=True,
    ),
    _rule("es_nie", r"[XYZ][- ]?\d{7}[- ]?[A-Z]", nie.is_valid, "nie", is_strong=True),
    _rule("es_dni", r"\d{8}[- ]?[A-Z]", dni.is_valid, r"dni\b|nif\b|d\.n\.i|documento"),
    _rule(
        "it_fiscal_code",
        r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]",
        codicefiscale.is_valid,
        "codice",
        is_strong=True,
    ),
    _rule("mx_curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", curp.is_valid, "curp", is_strong=True),
    _rule(
        "nl_bsn",
        r"\d{4}[ .]?\d{2}[ .]?\d{3}|\d{3}[ .]\d{3}[ .]\d{3}",
        bsn.is_valid,
        r"bsn\b|burgerservice|sofi",
    ),
    _rule("be_national", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", nn.is_valid, "rijksregister", is_strong=True),
    _rule(
        "be_national",
        r"\d{2}[ .-]?\d{2}[ .-]?\d{2}[ -]?\d{3}[ .-]?\d{2}",
        nn.is_valid,
        "rijksregister|registre national|national number",
    ),
    _rule(
        "se_personal",
        r"(?:\d{2})?\d{6}[-+–]?\d{4}",
        _is_swedish,
        r"personnummer|pers(?:on)?\.?-?nr|pnr\b|personal identity",
    ),
    _rule("fi_hetu", r"\d{6}[-+A]\d{3}[\dA-Y]", hetu.is_valid, "hetu", is_strong=True),
    # Further signs for the century since 2023; articles are numbered so too.
    _rule("fi_hetu", r"\d{6}[B-FU-Y]\d{3}[\dA-Y]", hetu.is_valid, "hetu|henkilötunnu"),
    _rule("dk_cpr", r"\d{6}-?\d{4}", cpr.is_valid, r"cpr\b|cpr-|personnummer"),
    _rule(
        "no_birth",
        r"\d{2}[ .-]?\d{2}[ .-]?\d{2}[ -]?(?:\d{5}|\d{2} \d{3})",
        lambda value: bool(fodselsnummer.is_valid(_digits(value))),
        r"fødselsn|fodselsn|personnummer",
    ),
    _rule("pl_pesel", r"\d{11}", pesel.is_valid, "pesel"),
    _rule("ie_pps", rf"\d{{7}}{_B}?[A-W][A-IWTX]?", pps.is_valid, r"pps"),
    _rule("ca_sin", rf"\d{{3}}(?:{_B}|-)?\d{{3}}(?:{_B}|-)?\d{{3}}", sin.is_valid, r"sin\b|social insurance"),
    _rule("br_cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", cpf.is_valid, "cpf", is_strong=True),
    _rule("br_cpf", r"\d{11}", cpf.is_valid, r"cpf\b"),
    _rule("in_aadhaar", rf"\d{{4}}(?:{_B}|-)?\d{{4}}(?:{_B}|-)?\d{{4}}", aadhaar.is_valid, "aadha?ar|uidai"),
    _rule("in_pan", r"[A-Z]{5}\d{4}[A-Z]", pan.is_valid, r"pan\b|permanent account"),
)
LABELS: Final = {
    "us_ssn": "a US social security number",
    "uk_nino": "a British national insurance number",
    "uk_nhs": "an NHS number",
    "de_tax_id": "a German tax number",
    "de_insurance": "a German social insurance number",
    "at_insurance": "an Austrian social insurance number",
    "ch_ahv": "a Swiss social insurance number (AHV)",
    "fr_nir": "a French social security number (NIR)",
    "es_nie": "a Spanish foreigner's number (NIE)",
    "es_dni": "a Spanish identity number (DNI)",
    "it_fiscal_code": "an Italian fiscal code",
    "mx_curp": "a Mexican population number (CURP)",
    "nl_bsn": "a Dutch citizen service number (BSN)",
    "be_national": "a Belgian national number",
    "se_personal": "a Swedish personal identity number",
    "fi_hetu": "a Finnish personal identity code",
    "dk_cpr": "a Danish personal number (CPR)",
    "no_birth": "a Norwegian birth number",
    "pl_pesel": "a Polish PESEL number",
    "ie_pps": "an Irish PPS number",
    "ca_sin": "a Canadian social insurance number",
    "br_cpf": "a Brazilian CPF number",
    "in_aadhaar": "an Indian Aadhaar number",
    "in_pan": "an Indian permanent account number",
}
# One look for the words of all kinds that need one spares most texts their patterns.
_ANY_WORD: Final = re2.compile(
    "(?i)"
    + "|".join(sorted({rule.words.pattern.removeprefix(r"(?<!\w)") for rule in RULES if not rule.is_strong}))
)
# The shapes of what needs no word; those of all kinds at once are too many for one automaton.
_STRONG: Final = tuple(place for place, rule in enumerate(RULES) if rule.is_strong)
_WEAK: Final = tuple(place for place, rule in enumerate(RULES) if not rule.is_strong)
_SHAPES: Final = QuickLook(f"(?i){RULES[place].shape}" for place in _STRONG)


def find_national_numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) of the national numbers in a text, kind by kind.

    Source: checksums and structures as python-stdnum documents them, state by state.
    """
    places = [_STRONG[at] for at in _SHAPES.at(text)]
    if found_in(_ANY_WORD, text):
        places = sorted((*places, *_WEAK))
    for rule in (RULES[place] for place in places):
        for match in rule.pattern.finditer(text):
            if not rule.is_valid(match.group()):
                continue
            words = before(text, match.start())
            if rule.words.search(words) or (
                rule.is_strong
                and not words.endswith("=")
                and not label_of(words)
                and not is_in_web_address(words)
            ):
                yield rule.kind, match.start(), match.end()
