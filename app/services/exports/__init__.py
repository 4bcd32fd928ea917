"""Rows that people take out: what a sheet is, that it is on record, and large ones made in the background."""
