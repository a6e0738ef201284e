"""core: what every room stands on — settings, errors, time, identifiers, signed tokens, HTTP, staff, audit, wiring."""
