"""In-memory twins of the outside. Each runs the same contract tests as the real thing."""

import hashlib
from typing import IO

from local.twins.table import FakeTable as FakeTable
from moment_xledger.domain.errors import FileDiffers


class FakeFiles:
    """The bucket in memory. A file that was put once stays as it is."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put_once(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        if self.held.setdefault(key, body.read()) and self.sha256(key) != sha256:
            raise FileDiffers(key)

    def sha256(self, key: str) -> str | None:
        return hashlib.sha256(self.held[key]).hexdigest() if key in self.held else None

    def size(self, key: str) -> int:
        return len(self.held.get(key, b""))

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.held[key] = body

    def read(self, key: str) -> bytes | None:
        return self.held.get(key)

    origin = "https://bucket.example"

    def link(self, key: str, content_type: str = "text/csv") -> str:
        return f"{self.origin}/{key}?signed"
