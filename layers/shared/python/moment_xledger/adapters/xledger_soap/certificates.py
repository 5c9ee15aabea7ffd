"""A company's client certificate as the file that `requests` wants."""

import os
import tempfile
from functools import cache


@cache
def as_file(pem: str) -> str:
    """Path of a file that holds certificate and key, for this process alone to read and for as long as it lives."""
    handle, path = tempfile.mkstemp(suffix=".pem")
    with os.fdopen(handle, "w") as file:
        file.write(pem)
    return path
