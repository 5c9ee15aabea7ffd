"""In-memory twins of the outside, for simulations in which hours pass at once. Nothing here sleeps or listens."""
