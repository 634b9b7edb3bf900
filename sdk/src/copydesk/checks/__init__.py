"""The checks: one file per check, one contract (`contract.py`), compiled together by `registry.py`."""
