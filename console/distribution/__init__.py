"""What runtime services call."""
