"""People: topics, addresses, subscriptions, consent, suppressions; sign-up, preferences, import."""
