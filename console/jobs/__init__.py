"""Background work: the lease ledger and the worker."""
