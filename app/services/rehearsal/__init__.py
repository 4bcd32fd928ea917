"""Scenarios walked without a database: what a package does, compared with what it says."""
