"""Sources: feeds and web pages of others, whose news become campaigns by rule, each once."""
