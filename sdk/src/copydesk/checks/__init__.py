"""The checks: one contract (`contract.py`), compiled together by `registry.py`.

A check of several modules has a folder; beside the folders stand checks of one module and what checks share.
"""
