"""Small mistakes in the rules of the storage, each of which a named test must notice: `make mutants`."""
