"""Pictures: what kind they are, how large, and without what is not seen in them."""
