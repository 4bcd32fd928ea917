"""The command `nintei`."""
