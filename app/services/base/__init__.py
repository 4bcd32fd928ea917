"""What all services stand on: the portal, actors, releases, days, permits, queued work."""
