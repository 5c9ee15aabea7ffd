"""A year of posted lines for the sample company, and how the Export service gives them away."""
