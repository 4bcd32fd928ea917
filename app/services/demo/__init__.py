"""Demo people and cases, walked by the same services as real ones."""
