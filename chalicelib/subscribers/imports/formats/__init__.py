"""The files of former systems, each told by its columns and turned into the columns of the plain CSV."""
