"""Proof by simulation: the real handlers over twins of all that is outside, on a simulated clock, with bad luck."""
