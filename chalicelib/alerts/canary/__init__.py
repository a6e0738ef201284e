"""Proof of life: every fifteen minutes an exercise goes the whole way, to test addresses, and is timed."""
