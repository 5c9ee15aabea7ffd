"""Cassettes: what a probe asked and was answered, without secrets and personal data, to be played again.

A cassette is a folder of two files. `exchanges.jsonl` has a line for each answer, in order: `ask` (method, path, and
the operation where one address serves several), `status`, `type` and `body`. `about.json` says who made it, with which
settings of a company, and what the probe found. Nothing of a request is kept but what it asked for.
"""
