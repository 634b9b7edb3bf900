"""Word forms of terms: what the dictionary lists and nobody means is left out."""

from __future__ import annotations

import pytest

from copydesk.assets.glossary import Term, TermStatus
from copydesk.checks.inflection import expand_term


def forms(term: str, language: str = "en") -> set[str]:
    return set(expand_term(Term(id="t", term=term, status=TermStatus.FORBIDDEN, language=language)))


@pytest.mark.parametrize(("term", "other"), [("will", "would"), ("Can", "could"), ("wrong", "worst")])
def test_another_word_is_no_form_of_the_term(term: str, other: str) -> None:
    assert other not in {form.lower() for form in forms(term)}


def test_the_forms_people_mean_are_there() -> None:
    assert {"bought", "buying", "buys"} <= forms("buy")
    assert "Rabatte" in forms("Rabatt", "de")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("Kaufvertrag", "Kaufvertrags Kaufverträge Kaufverträgen"),
        ("gewinnen", "gewonnen gewann gewonnene"),
        ("genießen", "genossen genoss"),
        ("misslingen", "misslungen misslang"),
        ("missverstehen", "missverstanden missverstand"),
        ("verzeihen", "verzieh verziehen"),
        ("einladen", "eingeladen"),
        ("laden", "lädst lädt"),
        ("bessern", "gebessert"),
        ("aufbessern", "aufgebessert aufzubessern"),
        ("rutschen", "rutscht rutschst"),
        ("herabstufen", "herabgestuft herabzustufen"),
        ("kaputtmachen", "kaputtgemacht"),
        ("verziehen", "verzieht verzog verzogen"),
        ("Preis", "Preise Preisen Preises"),
        ("Haus", "Hauses Häuser Häusern"),
        ("Datei", "Dateien"),
        ("Bäckerei", "Bäckereien"),
        ("Osterei", "Ostereier Ostereis"),
        ("Distanz", "Distanzen"),
        ("Bürgerschaft", "Bürgerschaften"),
        ("Rechtsanwalt", "Rechtsanwälte Rechtsanwalts"),
        ("Strand", "Strände"),
        ("Kürbis", "Kürbisse Kürbissen"),
        ("Feuerwehrmann", "Feuerwehrleute Feuerwehrmänner"),
        ("Neubau", "Neubauten"),
        ("Feier", "Feiern"),
        ("Allergen", "Allergene Allergenen"),
        ("Wagen", "Wagens"),
        ("Vorname", "Vornamens"),
        ("Kundin", "Kundinnen"),
        ("Name", "Namen Namens"),
        ("Ergebnis", "Ergebnisse Ergebnisses"),
        ("Thema", "Themas Themen"),
        ("Museum", "Museen Museums"),
        ("Angestellter", "Angestellte Angestellten"),
        ("anbieten", "angeboten anzubieten anbietet anbot"),
        ("versprechen", "verspricht versprach versprochen"),
        ("garantieren", "garantiert garantierte garantiertes"),
        ("rechnen", "rechnest gerechnet"),
        ("überraschen", "überrascht"),
        ("teuer", "teure teures"),
        ("alt", "ältere ältesten"),
        ("gut", "gutem besser besten"),
        ("verboten", "verbotenes"),
        ("kostenlose Lieferung", "kostenlosen Lieferung,kostenlose Lieferungen"),
        ("günstiger Preis", "günstigen Preis,günstige Preise"),
    ],
)
def test_german_words_are_inflected(term: str, expected: str) -> None:
    wanted = expected.split("," if "," in expected else None)
    assert set(wanted) <= forms(term, "de")


@pytest.mark.parametrize(
    ("term", "other"),
    [
        ("Weg", "wegen"),
        ("Fall", "falls"),
        ("malen", "mal"),
        ("danken", "dank"),
        ("bereiten", "bereitt"),
        ("herrschen", "hergerscht"),
        ("gewinnen", "gegewonnen"),
        ("laden", "lädtst"),
        ("reinigen", "reingeigt"),
        ("bevorzugen", "bevorgezugt"),
        ("rauschen", "rausgecht"),
    ],
)
def test_a_word_of_its_own_is_no_german_form(term: str, other: str) -> None:
    assert other not in {form.lower() for form in forms(term, "de")}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("google", "googled googling googles"),
        ("vlog", "vlogs vlogged vlogging"),
        ("sign up", "sign ups"),
        ("API", "APIs"),
        ("story", "stories"),
        ("run", "ran running"),
        ("child", "children"),
        ("mother-in-law", "mothers-in-law"),
    ],
)
def test_english_words_are_inflected(term: str, expected: str) -> None:
    wanted = {expected} if " " in term or "sign" in term else set(expected.split())
    assert wanted <= forms(term)
