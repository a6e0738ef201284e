"""CAP 1.2 (OASIS, 1 July 2010): messages read, judged, written and signed."""
