"""Learns which entities a token reaches. An Xledger that does not have one of the questions is asked another."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.entities import REREAD_AFTER, Entity, Reach, Reached, address_of, entity_of
from moment_xledger.domain.errors import NoRight, Rejected, WrongRequest
from moment_xledger.flows.channel import Channel

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.xledger_reference import Reads, Reference

T = TypeVar("T")


def learn_reach(
    token: TokenId, reference: "Reference", ledger: "Ledger", url: str, now: datetime
) -> tuple[Reach, Rejected | WrongRequest | None]:
    """At most five requests. With the reach, Xledger's first refusal if nothing can be read.

    It is stored, unless perhaps the token itself is refused.
    """
    refused: list[Rejected | WrongRequest] = []
    entities = _first_of(refused, reference.entities, reference.unnamed_entities)
    own = _first_of(refused, reference.own_entity, lambda: _own_among(entities, reference))
    read = Reach(address_of(url), now, own, entities)
    reach = read.completed_by(ledger.entities.reach(token))
    refusal = refused[0] if refused and own is None and entities is None else None
    if not isinstance(refusal, NoRight):
        ledger.entities.save_reach(token, reach)
    return reach, refusal


def _own_among(entities: Sequence[Reached] | None, reference: "Reference") -> Reached | None:
    """Where the viewer shows no owner code, its id may be found in the list."""
    if not any(each.owner_db_id and each.owner_code for each in entities or ()):
        return None
    own = reference.own_db_id()
    return next((each for each in entities or () if each.owner_code and each.owner_db_id == own), None)


def _first_of(refused: list[Rejected | WrongRequest], *asks: Callable[[], T | None]) -> T | None:
    for ask in asks:
        try:
            if (found := ask()) is not None:
                return found
        except (Rejected, WrongRequest) as refusal:
            refused.append(refusal)
    return None


class TokenReach:
    """What a token reaches, for one run: as it is stored, and asked for where that is not enough."""

    def __init__(
        self,
        token: TokenId,
        channel: Channel,
        reference: "Callable[[Reads], Reference]",
        ledger: "Ledger",
        url: str,
        clock: Callable[[], datetime],
        probe: str,
    ) -> None:
        """`probe`: a read that the token needs the right to, whatever else it may do."""
        self._token, self._channel, self._reference, self._probe = token, channel, reference, probe
        self._ledger, self._url, self._clock = ledger, url, clock
        self._reach = ledger.entities.reach(token)

    def for_company(self, owner_code: int | None) -> Reach:
        """Asked for again where the company's entity does not follow from what was read a while ago."""
        known = self._reach
        if known is None or known.address != address_of(self._url):
            return self._learn()
        is_decided = isinstance(entity_of(owner_code, known, self._url), Entity)
        is_old = known.read_at + REREAD_AFTER <= self._clock()
        return self._learn() if is_old and not is_decided else known

    def _learn(self) -> Reach:
        """A token that is refused as a whole closes the gate here, as it would at the next request."""
        self._reach, refused = learn_reach(
            self._token, self._reference(self._channel), self._ledger, self._url, self._clock()
        )
        if isinstance(refused, NoRight):
            self._channel.read(self._probe, {})
            self._ledger.entities.save_reach(self._token, self._reach)
        return self._reach
