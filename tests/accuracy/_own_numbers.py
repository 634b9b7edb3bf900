"""Personal values and look-alikes of many countries, made by dice: written the ways people write them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from stdnum import ean, luhn
from stdnum.iso7064 import mod_97_10

SEED = 41
FORMS = yaml.safe_load(Path(__file__).with_name("own_numbers.yml").read_text(encoding="utf-8"))


def positives(per_form: int = 10) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, value, text that holds it)."""
    dice = random.Random(SEED)
    for kind, make in _makers(dice):
        for _ in range(per_form):
            value = make()
            yield kind, value, dice.choice(FORMS["carriers"][kind]).format(value)


def harmless(per_form: int = 12) -> Iterator[str]:
    """Yield texts full of numbers that are nobody's."""
    dice = random.Random(SEED)
    for form in FORMS["harmless"]:
        for _ in range(per_form):
            dated = form.replace("{d}", f"{dice.randint(1, 28):02}").replace(
                "{m}", f"{dice.randint(1, 12):02}"
            )
            dated = dated.replace("{y}", str(dice.randint(2020, 2030)))
            if "{" in dated:
                long, article = fill("4" + "#" * 14, dice), fill("4" + "#" * 11, dice)
                yield dated.format(
                    luhn=long + luhn.calc_check_digit(long), ean=article + ean.calc_check_digit(article)
                )
            else:
                yield fill(dated, dice) if any(c in dated for c in "#1AAhh") else dated


def fill(form: str, dice: random.Random) -> str:
    """Put digits for "#" and letters for runs of "A", hexadecimal digits for runs of "h"."""
    out = []
    for index, char in enumerate(form):
        near = form[max(index - 1, 0) : index + 2]
        if char == "#":
            out.append(dice.choice(string.digits))
        elif char == "A" and ("AA" in near):
            out.append(dice.choice(string.ascii_uppercase))
        elif char == "h" and ("hh" in near):
            out.append(dice.choice("0123456789abcdef"))
        else:
            out.append(char)
    return "".join(out)


def _makers(dice: random.Random) -> Iterator[tuple[str, Callable[[], str]]]:
    for form in FORMS["phones"]:
        yield "phone", lambda form=form: fill(form, dice)
    for prefix, length in FORMS["issuers"]:
        for gap in ("", " ", "-"):
            yield "card", lambda p=prefix, n=length, gap=gap: _card(p, n, gap, dice)
    for country, structure in FORMS["accounts"].items():
        for gap in ("", " "):
            yield "iban", lambda c=country, s=structure, gap=gap: _iban(c, s, gap, dice)
    for form in FORMS["emails"]:
        yield "email", lambda form=form: fill(form, dice)
    yield (
        "ip_address",
        lambda: f"{dice.randint(11, 99) + 100}." + ".".join(str(dice.randint(2, 99)) for _ in range(3)),
    )
    yield "ip_address", lambda: "2a0" + fill("2:hhhh:hhhh:hhhh:hhhh:hhhh:hhhh:hhhh", dice)
    yield "us_ssn", lambda: f"{dice.randint(100, 599)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}"
    yield "uk_nino", lambda: fill(f"{dice.choice('AEHJ')}{dice.choice('BCEJ')} ## ## ## ", dice) + "C"


def _card(prefix: str, length: int, gap: str, dice: random.Random) -> str:
    body = prefix + "".join(dice.choice(string.digits) for _ in range(length - len(prefix) - 1))
    number = body + luhn.calc_check_digit(body)
    return gap.join(number[at : at + 4] for at in range(0, length, 4))


def _iban(country: str, structure: str, gap: str, dice: random.Random) -> str:
    account = "".join(
        dice.choice(string.digits if char == "#" else string.ascii_uppercase) for char in structure
    )
    number = country + f"{98 - mod_97_10.checksum(account + country + '00'):02}" + account
    return gap.join(number[at : at + 4] for at in range(0, len(number), 4)) if gap else number
