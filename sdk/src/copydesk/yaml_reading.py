"""YAML of strangers: read within limits, before anything is built from it.

A few lines of YAML can nest without end, or write out to gigabytes through aliases and merge keys (the
"billion laughs"). What it would write out to is counted on the composed nodes, where aliases are still one.
"""

from __future__ import annotations

from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # libyaml: some thirty times as fast
except ImportError:  # pragma: no cover - PyYAML's wheels have it
    from yaml import SafeLoader  # type: ignore[assignment]

_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
MAX_NUMBER_CHARS = 100
_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
# A key and its value in block style have at least four: Key, Scalar, Value, Scalar.
_TOKENS_PER_VALUE = 4
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


class YamlLimitError(yaml.MarkedYAMLError):
    """YAML beyond the limits; `problem` says which, `problem_mark` where it is known."""


class Loader(SafeLoader):
    """A safe loader that names the place of a value its own notation does not allow, such as a 13th month."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build a value."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


def read_yaml(
    text: str,
    *,
    max_depth: int,
    max_values: int,
    is_alias_allowed: bool = True,
    is_repeat_allowed: bool = True,
    loader: type[Loader] = Loader,
) -> Any:
    """Read one YAML document (https://yaml.org/spec/1.1) into plain data.

    Args:
        text: the document.
        max_depth: how many lists and pairs may lie in each other.
        max_values: how many values there may be, those counted that aliases repeat.
        is_alias_allowed: whether `*name` may stand for what `&name` names.
        is_repeat_allowed: whether a key may stand twice in one mapping, of which the last then counts.
        loader: a safe loader.

    Raises:
        YamlLimitError: beyond the limits.
        yaml.YAMLError: no YAML, or a value that its notation does not allow.
        RecursionError: nested deeper through aliases than Python can follow.
    """
    _check_tokens(text, max_depth, max_values, is_alias_allowed=is_alias_allowed)
    reading = loader(text)
    try:
        node = reading.get_single_node()
        if node is None:
            return None
        if _written_out(node, {}, max_values) > max_values:
            raise YamlLimitError(problem=f"its aliases write out to more than {max_values} values")
        if not is_repeat_allowed:
            _refuse_repeats(node)
        return reading.construct_document(node)
    finally:
        reading.dispose()


def compose_yaml(text: str) -> yaml.Node | None:
    """Return the nodes, with their places, of text that `read_yaml` took."""
    return yaml.compose(text, Loader=SafeLoader)


def place_of(error: yaml.YAMLError, text: str) -> tuple[int, int] | None:
    """Return line and column (from 1) of what is wrong with a text, None where the error does not say."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return None
    # What is missing at the end is missed one line behind it.
    lines = text.splitlines() or [""]
    return (mark.line + 1, mark.column + 1) if mark.line < len(lines) else (len(lines), len(lines[-1]) + 1)


def _check_tokens(text: str, max_depth: int, max_values: int, *, is_alias_allowed: bool) -> None:
    depth = 0
    for number, token in enumerate(yaml.scan(text, Loader=SafeLoader)):
        if isinstance(token, _OPENING):
            depth += 1
        elif isinstance(token, _CLOSING):
            depth -= 1
        elif isinstance(token, yaml.AliasToken) and not is_alias_allowed:
            problem = "uses YAML aliases; write the values out"
            raise YamlLimitError(problem=problem, problem_mark=token.start_mark)
        if depth > max_depth:
            raise YamlLimitError(problem="nests too deep", problem_mark=token.start_mark)
        if number > max_values * _TOKENS_PER_VALUE:
            problem = f"holds more than {max_values} values; split it"
            raise YamlLimitError(problem=problem, problem_mark=token.start_mark)


def _refuse_repeats(root: yaml.Node) -> None:
    """Refuse a key that stands twice (YAML 1.2.2, section 3.2.1.3): one of the two would be lost."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = set[str]()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                    if key.value in keys:
                        problem = f"{key.value[:80]!r} stands twice in one mapping"
                        raise YamlLimitError(problem=problem, problem_mark=key.start_mark)
                    keys.add(key.value)
            waiting += [part for pair in node.value for part in pair]
        else:
            waiting += node.value


def _written_out(node: yaml.Node, known: dict[int, int], most: int) -> int:
    """Return how many values a node stands for; a node inside itself stands for more than there may be."""
    if isinstance(node, yaml.ScalarNode):
        # YAML 1.1 also counts in sixties (1:30:00), which takes time squared, and JSON keeps no such numbers.
        if node.tag in _NUMBERS and len(node.value) > MAX_NUMBER_CHARS:
            raise YamlLimitError(problem="a number is too long; quote it", problem_mark=node.start_mark)
        return 1
    if id(node) not in known:
        known[id(node)] = most + 1
        inner = (
            [part for pair in node.value for part in pair]
            if isinstance(node, yaml.MappingNode)
            else node.value
        )
        known[id(node)] = 1 + sum(_written_out(part, known, most) for part in inner)
    return known[id(node)]
