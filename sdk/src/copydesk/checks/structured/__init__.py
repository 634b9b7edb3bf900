"""Structured output: is a text the JSON its prompt promised? See `StructuredOutput`."""

from copydesk.checks.structured.output import SchemaProblem, SchemaUnusable, StructuredOutput

__all__ = ["SchemaProblem", "SchemaUnusable", "StructuredOutput"]
