"""channels: the ways out, one module per transport behind one small protocol."""
