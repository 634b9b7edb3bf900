"""Speed against its bars: `make bench`."""
