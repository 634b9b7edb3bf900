"""Golden test sets."""
