"""Copydesk: fetch approved policies of generated content and enforce them in your own service."""

__version__ = "0.1.0"
