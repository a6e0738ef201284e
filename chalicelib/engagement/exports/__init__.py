"""Exports: each message that was sent, without its person, as files for Athena, DuckDB and the like."""
