"""Links of the former system, each mapped to its new place on this site."""
