"""Asking people whose consent is unclear, once, whether they still want to be written to."""
