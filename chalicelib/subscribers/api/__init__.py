"""The routes by which staff work with topics, subscribers, imports and suppressions."""
