"""Inside a Play: the draft's own pages behind a prefix, each person with a cookie jar of their own."""
