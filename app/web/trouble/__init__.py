"""Pages of what needs attention."""
