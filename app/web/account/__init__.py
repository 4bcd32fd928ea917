"""Pages of one's own account, and of sign-ins."""
