"""Pages of a company, its people and agents."""
