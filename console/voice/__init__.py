"""Off-brand examples of a voice, written by the model from the briefs of golden cases."""
