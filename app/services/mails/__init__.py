"""Mail that goes out: the portal's own, whose a mail is, and what became of it."""
