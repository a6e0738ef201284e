"""One person's whole record: the timeline, the download, being forgotten.

Each room supplies its part (`export_person`, `erase_person`); this one puts them together.
"""
