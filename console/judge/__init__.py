"""A model that judges what no rule can measure: one question per criterion, in console jobs only."""
