"""What a run depends on, and what it leaves for the checkers to look at."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.moment.records import Moment
from local.proof.fates import Chosen, Fates, Rates
from local.proof.network import Network
from local.proof.outside import BucketTwin
from local.proof.post import SesTwin
from local.proof.rests import Rest
from local.proof.slowness import Service, Slowness
from local.proof.story import Cast, Size, Story
from local.proof.visitors import Told
from local.proof.witness import Witness
from local.xledger.engine import Xledger
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.secrets import Vault

USUAL, SMALL = Rates(), Size()


class NotCalm(AssertionError):
    """Work was left when it should long have been done."""


@dataclass(frozen=True)
class Setting:
    """All that a run depends on besides the code."""

    seed: int
    rates: Rates = USUAL
    size: Size = SMALL
    chosen: tuple[Chosen, ...] = ()
    has_sweeper: bool = True
    cast: Cast = Cast.ALL
    slow: Service | None = None  # refuses most calls for a long time, from the start


@dataclass
class Stage:
    story: Story
    server: Xledger
    moment: Moment
    network: Network
    bucket: BucketTwin
    post: SesTwin
    ledger: Ledger
    vault: Vault
    fates: Fates
    slowness: Slowness
    is_alone: bool
    told: Told = field(default_factory=Told)
    rests: list[Rest] = field(default_factory=list)
    witness: Witness | None = None
    put_aside: Counter[str] = field(
        default_factory=Counter
    )  # messages that wore out their receives, by queue
    refused_saves: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    schedule: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def csv_files(self, company: str) -> Iterator[tuple[str, bytes]]:
        for name, body in self.bucket.files.items():
            if name.endswith(".csv") and f"/{company}/" in name:
                yield name, body

    def uploads(self) -> list[dict[str, Any]]:
        """That Xledger has, by their checksum."""
        found: list[dict[str, Any]] = self.server.soap.seen()["uploads"]
        return found
