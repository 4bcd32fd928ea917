"""A case as a whole: applied for, joined, talked about, withdrawn, closed, ended."""
