"""Bundles, channels, releases."""
