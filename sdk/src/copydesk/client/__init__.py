"""Fetching, trusting and keeping bundles in a runtime service."""
