"""People, sign-in, workspaces, roles and tokens."""
