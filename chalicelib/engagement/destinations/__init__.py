"""destinations: where on the agency's site people went, by link, by poster, and what they did there."""
