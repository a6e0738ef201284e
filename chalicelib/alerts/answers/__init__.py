"""answers: what people answer to an alert, by link and by text; calls for help, and who is told of them."""
