"""channels.accounts: the agency's own accounts on platforms, their secrets, and how they stand."""
