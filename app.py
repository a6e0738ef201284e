"""Crier's table of contents: blueprints, and one line per queue and schedule. What happens stands in the rooms."""

from chalicelib.core.app import CrierApp

app = CrierApp(app_name="crier")
