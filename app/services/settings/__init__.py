"""What staff own: values of settings and of the packages' live keys, from a day on, some with a second person."""
