"""Pages of mails that came in, of what did not arrive, and of the post."""
