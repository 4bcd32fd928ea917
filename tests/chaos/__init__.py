"""A running portal is killed, frozen and disturbed for a while; then one looks for what is lost or there twice."""
