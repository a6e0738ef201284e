"""conversations: what comes in by text message and by mail, dispatched by number and address; answers."""
