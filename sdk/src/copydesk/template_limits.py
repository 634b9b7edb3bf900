"""What one rendering of a template may cost: its output, its loops, its memory, and the work of it all.

The library bounds loops and output, which a chain of filters inside a loop goes round: it prints nothing and
runs for minutes. So the characters and items that filters and lookups go through are counted, and a template
that comes to too many is refused; by counting, not by a clock, since an approved template has to render the
same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from liquid import BoundTemplate, RenderContext
from liquid.exceptions import (
    BlockNestingError,
    FilterArgumentError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    ResourceLimitError,
)
from liquid.undefined import UNDEFINED

MAX_OUTPUT_BYTES = 100_000
MAX_NAMESPACE_BYTES = 200_000
MAX_LOOP_ITERATIONS = 1_000
MAX_NESTING = 12
# Prompts of today come to some thousands; this much takes the slowest filter a second or two.
MAX_WORK = 2_000_000
MAX_NUMBER_BITS = 128
_PER_CALL: Final = 50
_PER_LOOKUP: Final = 10
# Comparing or measuring what was looked up goes through it, faster than a filter does.
_CHARS_PER_LOOKUP: Final = 50

LIMITS_IN_WORDS: Final[Mapping[type[Exception], str]] = {
    LoopIterationLimitError: f"loops more than {MAX_LOOP_ITERATIONS} times; loop over less",
    OutputStreamLimitError: f"prints more than {MAX_OUTPUT_BYTES} bytes; print less",
    LocalNamespaceLimitError: (
        f"keeps more than {MAX_NAMESPACE_BYTES} bytes in variables of its own; assign and capture less"
    ),
    BlockNestingError: f"nests blocks more than {MAX_NESTING} deep; write it flatter",
}


class WorkLimitError(ResourceLimitError):
    """A template goes through more than it may."""


class CountingContext(RenderContext):
    """A context of the library that counts the work of one rendering."""

    __slots__ = ("work",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.work = 0

    def spend(self, units: int) -> None:
        """Count work, in characters and items gone through.

        Raises:
            WorkLimitError: it is more than one rendering may do.
        """
        self.work += units
        if self.work > MAX_WORK:
            raise WorkLimitError(
                "does too much: its filters and loops go through more than"
                f" {MAX_WORK // 10**6} million characters; filter less within loops",
                token=None,
            )

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        """Return the filter of a name, which counts what it goes through."""
        function = super().filter(name, token)

        def counted(value: object, *args: object, **kwargs: object) -> object:
            self.spend(_PER_CALL + _cost(name, value) + sum(map(_size, args)))
            return function(value, *args, **kwargs)

        return counted

    def get(self, path: list[object], *, token: Any, default: object = UNDEFINED) -> object:
        """Return the value at a path, counted by what there is to compare or print."""
        value = super().get(path, token=token, default=default)
        self.spend(_PER_LOOKUP * len(path) + _size(value) // _CHARS_PER_LOOKUP)
        return value

    def get_size_of_locals(self) -> int:
        """Return the bytes kept in variables; each is looked at, each time."""
        self.spend(_PER_CALL + len(self.locals))
        return super().get_size_of_locals()

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Refuse loops that are too long, alone or within each other."""
        super().raise_for_loop_limit(length)
        self.spend(_PER_LOOKUP * length)


class CountingTemplate(BoundTemplate):
    """A template of the library whose rendering is counted."""

    context_class = CountingContext


def _size(value: object) -> int:
    if isinstance(value, range):  # longer ones are refused by name before anything goes through them
        return min(len(value), MAX_LOOP_ITERATIONS)
    return len(value) if isinstance(value, str | list | tuple) else 1


def _cost(name: str, value: object) -> int:
    size = _size(value)
    # The library looks for each item in the whole list, from its beginning.
    return size * size // 2 if name == "uniq" and isinstance(value, list | tuple) else size


def bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what would make a filter build something huge before any limit of the library sees it.

    Args:
        name: the filter's name, for what is said.
        function: the filter.
    """

    @wraps(function)
    def bound(value: object, *args: Any, **kwargs: Any) -> Any:
        for operand in (value, *args):
            _refuse_huge(name, operand)
        if name == "replace" and args:
            _refuse_huge_replacement(str(value), args)
        try:
            result = function(value, *args, **kwargs)
        except (ArithmeticError, ValueError) as error:  # Python's own, which know no place
            raise FilterArgumentError(f"{name}: {error}", token=None) from error
        if isinstance(result, str) and len(result) > MAX_OUTPUT_BYTES:
            raise FilterArgumentError(
                f"{name}: the text grew beyond {MAX_OUTPUT_BYTES} characters", token=None
            )
        return result

    return bound


def _refuse_huge(name: str, operand: object) -> None:
    if isinstance(operand, range) and len(operand) > MAX_LOOP_ITERATIONS:
        raise FilterArgumentError(f"{name}: a range of at most {MAX_LOOP_ITERATIONS} items", token=None)
    if isinstance(operand, int) and operand.bit_length() > MAX_NUMBER_BITS:
        raise FilterArgumentError(f"{name}: the number is too large", token=None)


def _refuse_huge_replacement(text: str, args: tuple[Any, ...]) -> None:
    replacement = str(args[1]) if len(args) > 1 and args[1] is not None else ""
    count = text.count(str(args[0]))
    if len(text) + count * len(replacement) > MAX_OUTPUT_BYTES:
        raise FilterArgumentError(f"replace: the text grew beyond {MAX_OUTPUT_BYTES} characters", token=None)
