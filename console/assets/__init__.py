"""Drafts and revisions of governed assets."""
