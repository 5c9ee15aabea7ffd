"""Least privilege, tried out: every flow with its function's own role, then what no function may do."""
