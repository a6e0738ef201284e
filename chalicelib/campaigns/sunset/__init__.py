"""The sunset policy: who has long been silent is asked once, and then left in peace (docs/sunset.md)."""
