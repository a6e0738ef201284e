"""Crier: a house of rooms, one capability each. Imports point down only; `pyproject.toml` holds the order.

Garbage is looked for after fifty thousand new objects instead of seven hundred: what a start imports stays,
and looking through it again and again was a tenth of its CPU.
"""

import gc

gc.set_threshold(50_000, 20, 20)
