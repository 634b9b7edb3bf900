"""Numbers as people write them: money, percentages, quantities, durations, dates, ranges, with exact spans.

The grammar is our own because the libraries at hand take prices for dates or guess; every reading is typed by
what stands around the number, and what has no reading (telephone numbers, times, codes) is left alone.
"""

from copydesk.checks.numbers.amounts import Amount
from copydesk.checks.numbers.dates import PartialDate
from copydesk.checks.numbers.parsing import (
    amounts_at,
    as_millions,
    is_article,
    is_weak,
    other_reading,
    parse_amounts,
)
from copydesk.checks.numbers.units import AmountKind

__all__ = [
    "Amount",
    "AmountKind",
    "PartialDate",
    "amounts_at",
    "as_millions",
    "is_article",
    "is_weak",
    "other_reading",
    "parse_amounts",
]
