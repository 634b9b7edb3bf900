"""The demo company: data files, and the seeder that goes through the operations."""
