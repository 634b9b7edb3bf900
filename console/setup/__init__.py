"""Set-up and supervision: what `make` runs. Only the standard library is used before the install."""
