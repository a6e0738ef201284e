"""What follows an alert: that it was wrong, that the danger is over, and what is told of it anew."""
