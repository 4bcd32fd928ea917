"""Documents, uploads and downloads of a case, and its timeline."""
