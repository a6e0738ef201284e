"""Importing subscribers from a CSV file.

Read as a stream, row by row, resumable, and the same file twice changes nothing.
"""
