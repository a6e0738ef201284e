"""What everybody may read of live alerts: pages, CAP, Atom, a banner; and copies of all of it in S3."""
