"""What a draft would change, tried on the samples of runs before anything is saved."""
