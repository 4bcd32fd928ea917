"""Days that are agreed on: what is free, held, settled, and who is there."""
