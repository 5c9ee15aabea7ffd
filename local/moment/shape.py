"""How Moment's lists show records, where that is not as the events do: nothing published says that they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.moment.records import Record


@dataclass(frozen=True)
class Shape:
    """`only_included`: fields of a resource that are shown only where `/include/` names them. `left_out`: those
    that are never shown. `project_states`: words for an open and a closed project, in `projectState` in place of
    `active`. `absent`: resources that there are not."""

    only_included: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    project_states: tuple[str, str] | None = None
    absent: tuple[str, ...] = ()

    def shown(self, resource: str, record: Record, parts: str) -> Record:
        """`parts`: what stands behind `/include/`."""
        named = parts.split("+")
        hidden = {name for name in self.only_included.get(resource, ()) if name not in named}
        hidden |= set(self.left_out.get(resource, ()))
        found = {name: value for name, value in record.items() if name not in hidden}
        if resource == "projects" and self.project_states:
            is_open = found.pop("active", True)
            found["projectState"] = self.project_states[not is_open]
        return found


AS_EVENTS = Shape()
