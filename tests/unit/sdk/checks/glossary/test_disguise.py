"""Disguised terms: which dress is seen through, and which ordinary prose is no dress at all."""

from __future__ import annotations

import pytest

from copydesk.assets import parse_assets
from copydesk.checks.contract import Context
from copydesk.policy import CompiledPolicy

ENGLISH = (
    "outlet",
    "free gift",
    "cheap",
    "cure",
    "sale",
    "rose",
    "male",
    "sure",
    "cop",
    "rot",
    "mama",
    "usa",
)
GERMAN = ("Garantie", "Wunder", "schon", "Türsteher", "Neuheit")


def policy() -> CompiledPolicy:
    terms = [
        {
            "id": f"{language}{number}",
            "term": term,
            "status": "forbidden",
            "match_disguised": True,
            "language": language,
        }
        for language, words in (("en", ENGLISH), ("de", GERMAN))
        for number, term in enumerate(words)
    ]
    return CompiledPolicy.compile(
        parse_assets({"glossary": {"house": {"title": "House", "terms": terms}}}), only=["glossary"]
    )


POLICY = policy()


def disguised(text: str, locale: str | None = None) -> list[str]:
    findings = POLICY.check(text, Context(locale=locale)).findings
    return [text[f.span.start : f.span.end] for f in findings if f.span and f.evidence.get("disguised")]


@pytest.mark.parametrize(
    "form",
    [
        *("⒪⒰⒯⒧⒠⒯", "ⓞⓤⓣⓛⓔⓣ", "🅞🅤🅣🅛🅔🅣", "🅾🆄🆃🅻🅴🆃", "🇴🇺🇹🇱🇪🇹", "🇨 🇭 🇪 🇦 🇵", "ᴏᴜᴛʟᴇᴛ", "ʇǝlʇno", "ʇɟᴉƃ ǝǝɹɟ"),
        *("сһеар", "ᏟᎻᎬᎪᏢ", "оυt-let", "о u t l е t", "𝐨 𝐮 𝐭 𝐥 𝐞 𝐭", "ｏ.ｕ.ｔ.ｌ.ｅ.ｔ"),
        *("o/u/t/l/e/t", "o—u—t—l—e—t", "o•u•t•l•e•t"),
        *("out_let", "o_u-t.l_e_t", "o\nu\nt\nl\ne\nt", "f r e e   g i f t", "free_gift"),
        *("cheeeeap", "c*eap"),
        *("Türstеher", "Тürѕtеһеr", "Tüüüürsteher", "Néüheit"),
        *("Gárántie", "W\u0336u\u0336n\u0336der"),
        *("G\u0336\u0301a\u0336\u0301r\u0336\u0301antie", "c\u200bh\u200b3\u200bap"),
    ],
)  # fmt: skip
def test_a_disguise_is_seen_through_and_marked_whole(form: str) -> None:
    assert disguised(f"Buy {form} today, only here.") == [form]


def test_words_run_together_behind_a_hash_are_read_apart() -> None:
    assert disguised("Look: #FreeGift and #CheapDeals") == ["FreeGift", "CheapDeals"]


@pytest.mark.parametrize(
    "text",
    [
        "Le curé est ici depuis l'été. Un plat salé très bien préparé. Le mâle est sûr de lui. Une rosée.",
        "Schöne Grüße aus München, die Tür öffnet früh. Wir möchten Ihnen größere Räume zeigen.",
        "Zażółć gęślą jaźń. Dziękuję bardzo za zakupy w naszym sklepie.",
        "Сор из избы не выноси. Мама мыла раму. Рот на замок, сыр и масло.",
        "Η Αθήνα είναι όμορφη. Το νερό και ο ήλιος μας περιμένουν.",
        "The A1B2 part ships in 2024. We met at 3 p.m. in the U.K. office, i.e. upstairs. Aaah, what a view!",
        "See a, b, c and d. 5*3=15 and f(x)*g. Room B-1-2, size S/M/L/XL. C O N T A C T U S now.",
        "Our Москва office and the Ελλάδα team meet. Price: 100 ₽ — спасибо! H₂O, 10 €, ½ price™, №5, café.",
        "I'm a fan, it's a 1'5 tent and she’s a pro.",
        "The field sale_order_line and the wheel male_amd64 are names.",
    ],
)
def test_ordinary_prose_of_any_script_is_no_disguise(text: str) -> None:
    assert not disguised(text)


def test_accents_are_no_disguise_where_the_locale_uses_them() -> None:
    assert disguised("Le curé") == ["curé"]
    assert not disguised("Le curé", "fr-FR")


@pytest.mark.parametrize(
    "text",
    [
        *("0_", "00_", "_a_", "a-b----", "é_", "é----", "e\u0301\u0336\u0323 "),
        *("\u0301\u0336", "\u0336\u0323\u0301", "a1!• ǝ́\ud800"),
        *("ɐ о", "ǝɹɟ ", "0utl3t outlet ", "ａ~~", "o\nu\n", "c*", "aaa", "#aB"),
    ],
)  # fmt: skip
def test_a_line_of_pieces_of_disguises_is_read_once(text: str) -> None:
    line = (text * 300_000)[:300_000]
    for finding in POLICY.check(line).findings:
        assert finding.span
        assert 0 <= finding.span.start < finding.span.end <= len(line)
