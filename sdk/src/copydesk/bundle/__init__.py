"""The bundle: one signed file holding one approved version of a policy."""
