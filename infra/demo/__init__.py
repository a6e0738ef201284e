"""`make demo`: the main job on the demonstration city, from a sign-up to a report, each number checked."""
