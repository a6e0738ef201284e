"""Reports: what became of messages and what people did with them, of one campaign and of many."""
