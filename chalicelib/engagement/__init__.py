"""engagement: what readers do with a message (open, click, unsubscribe), and the report of it all."""
