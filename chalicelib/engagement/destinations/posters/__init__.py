"""posters: what hangs in the city with a QR code, where each code leads, and how often it was scanned."""
