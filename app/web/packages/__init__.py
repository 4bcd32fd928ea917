"""Pages of a package's settings."""
