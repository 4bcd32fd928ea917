"""What a page shows, put together from the rooms below; pages decide nothing."""
