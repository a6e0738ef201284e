"""Crier's table of contents: blueprints, and one line per queue and schedule. What happens stands in the rooms."""

from chalice import Chalice

app = Chalice(app_name="crier")
