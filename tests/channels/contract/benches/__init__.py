"""The bench of each platform, in a module named as its own."""
