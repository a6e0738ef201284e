"""campaigns: one planned send, from the first draft over preview and proof to launch, report or cancel."""
