"""What happened to an alert, in a chain that shows tampering, and the report after the action."""
