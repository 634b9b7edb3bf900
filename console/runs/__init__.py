"""Candidates, runs, gate."""
