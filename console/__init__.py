"""The Copydesk console: one folder per area, in the order of a policy's life."""
