"""Samples from prompts."""
