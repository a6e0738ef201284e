"""delivery.posts: what accounts post of a plan: claimed, posted, recorded once; amended; read back."""
