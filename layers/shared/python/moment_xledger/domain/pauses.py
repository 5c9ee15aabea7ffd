"""Kill switches: work that stands still, of one company or of all, until it is resumed. Events are still taken in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from moment_xledger.domain.companies import CompanyId


@dataclass(frozen=True)
class Pause:
    """`lifted` is when the work was resumed: what waited through a pause is not late at once."""

    since: datetime
    who: str
    why: str
    lifted: datetime | None = None


@dataclass(frozen=True)
class Pauses:
    """A company's own pause stays when everybody's is lifted."""

    everybody: Pause | None = None
    own: Mapping[CompanyId, Pause] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.everybody is not None or bool(self.own)

    def of(self, company: CompanyId) -> Pause | None:
        """Why its work stands still, if it does."""
        return next((pause for pause in self._known(company) if pause.lifted is None), None)

    def rested_until(self, company: CompanyId, now: datetime) -> datetime | None:
        """`now` while it stands still; nothing that waits has waited for us before that."""
        return max((pause.lifted or now for pause in self._known(company)), default=None)

    def _known(self, company: CompanyId) -> list[Pause]:
        return [pause for pause in (self.everybody, self.own.get(company)) if pause]
