"""What every page stands in: who asks, what they may, errors, limits, the shell around it."""
