"""Digests: what was sent while a person waited, in one message (docs/digests.md)."""
