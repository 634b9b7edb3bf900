"""How right the checks are: labelled cases, figures on them, thresholds, and what a change does to them."""
