"""The console's signing keys: encrypted files beside the database, never in it."""
