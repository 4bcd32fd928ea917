"""Pages of the card desk, its keys, letters and agents."""
