"""Alerts: from a decision to everyone in the area, in the terms of CAP 1.2."""
