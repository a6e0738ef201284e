"""Crier: a house of rooms, one capability each. Imports point down only; `pyproject.toml` holds the order."""
