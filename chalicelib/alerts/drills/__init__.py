"""Drills: exercises that are planned ahead, launch themselves, and say who took part."""
