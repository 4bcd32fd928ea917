"""Pages of what staff own: values, who changed them, and proposals that wait for a second person."""
