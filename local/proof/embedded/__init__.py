"""The proof with real processes: the functions on the embedded AWS, whose workers are killed while they work."""
