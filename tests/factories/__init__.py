"""Makers of test worlds; everything goes through the operations that users use."""
