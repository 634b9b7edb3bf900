"""Personal data in a text: addresses, phone numbers, cards, accounts, national numbers, found and hidden."""

from copydesk.checks.personal_data.engine import (
    NAME,
    PersonalDataCheck,
    compile_check,
    hide_personal_data,
    mask_personal_data,
)
from copydesk.checks.personal_data.values import KEPT_AT_END, find_personal_values

__all__ = [
    "KEPT_AT_END",
    "NAME",
    "PersonalDataCheck",
    "compile_check",
    "find_personal_values",
    "hide_personal_data",
    "mask_personal_data",
]
