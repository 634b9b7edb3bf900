"""Runtime services and what they run."""
