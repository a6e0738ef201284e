"""channels.platforms: where the agency posts, one module per platform behind one small protocol (`base`).

A platform is one file: it declares `ABOUT` and `opened`. `registry` finds it by its name; no list names it.
"""
