"""Whether an address is one of ours: only then is it asked what a real system would never tell."""

from urllib.parse import urlsplit

_LOCAL = {"127.0.0.1", "localhost", "::1"}


def is_on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in _LOCAL
