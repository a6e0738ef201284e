"""Importing subscribers from a CSV file: read as a stream, row by row, resumable, and the same file twice changes nothing."""
