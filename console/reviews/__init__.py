"""Review rounds, decisions, waivers."""
