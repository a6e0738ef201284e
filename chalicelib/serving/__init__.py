"""What is answered by HTTP: which routes stand where, loaded when one of their paths is first asked for."""
