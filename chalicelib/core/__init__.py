"""core: what every room stands on: settings, errors, time, ids, signed tokens, HTTP, staff, audit, wiring."""
