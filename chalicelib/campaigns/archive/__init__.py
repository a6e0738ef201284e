"""The archive: what was sent to public topics, for everybody to read, and to follow without an address."""
