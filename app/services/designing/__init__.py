"""What the pages of the designer read: the panels made from the declarations, and what is known of a workspace."""
