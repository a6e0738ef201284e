"""channels.accounts: where the agency posts: who keeps each account, how it stands, and its secrets."""
