"""Process packages: what is released, from when, by whom; their gate, settings, ways in and out."""
