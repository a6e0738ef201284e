"""Functions that answer HTTP by themselves: each loads its own routes, and no other's."""
