"""Sources: alerts of others (CAP feeds, Atom feeds of CAP) that become drafts, or by rule are launched."""
