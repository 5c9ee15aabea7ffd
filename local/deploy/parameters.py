"""What the stack's parameters are, and what they will be. Decided here: no AWS, no questions."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.run.misuse import Misuse

Declared = Mapping[str, Mapping[str, Any]]  # the template's Parameters


@dataclass(frozen=True)
class Line:
    """One parameter. `before` is None where the stack does not have it yet, `after` where the template has no more."""

    name: str
    before: str | None
    after: str | None

    @property
    def changes(self) -> bool:
        return self.before != self.after


def asked_for(words: list[str], declared: Declared) -> dict[str, str]:
    """From NAME=value, each a parameter of the template with a value that it takes."""
    asked: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise Misuse(f"{word}: is not NAME=value.")
        if name not in declared:
            near = difflib.get_close_matches(name.lower(), [each.lower() for each in declared], 1)
            meant = [f" Is {each} meant?" for each in declared if near == [each.lower()]]
            raise Misuse(f"{name}: the template has no such parameter.{''.join(meant)}")
        if why := _refused(value, declared[name]):
            raise Misuse(f"{name}={value}: {why}.")
        asked[name] = value
    return asked


def plan(declared: Declared, stack: Mapping[str, str] | None, asked: Mapping[str, str]) -> list[Line]:
    """What is asked for, else what the stack has, else the template's default. A value of the stack that the template
    takes no longer must be asked for anew."""
    kept = stack or {}
    lines = []
    for name, each in declared.items():
        after = asked.get(name, kept.get(name, str(each.get("Default", ""))))
        if why := _refused(after, each):
            raise Misuse(f"{name}={after}: {why}. Name another: `make deploy {name}=…`.")
        lines.append(Line(name, kept.get(name), after))
    return lines + [Line(name, value, None) for name, value in kept.items() if name not in declared]


def values(lines: list[Line]) -> dict[str, str]:
    return {line.name: line.after for line in lines if line.after is not None}


def table(lines: list[Line]) -> Iterator[str]:
    rows = [("parameter", "is", "will be")] + [
        (line.name, _shown(line.before), _after(line)) for line in lines
    ]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    yield from (f"{name:{first}}  {before:{second}}  {after}".rstrip() for name, before, after in rows)


def _shown(value: str | None) -> str:
    return "-" if value is None else value or '""'


def _after(line: Line) -> str:
    if line.after is None:
        return "gone from the template"
    return (
        f"{_shown(line.after)}  <- changes"
        if line.changes and line.before is not None
        else _shown(line.after)
    )


def _refused(value: str, declared: Mapping[str, Any]) -> str:
    """Why CloudFormation would not take it; empty where it would."""
    allowed = [str(each) for each in declared.get("AllowedValues", ())]
    if allowed and value not in allowed:
        return f"must be one of {', '.join(allowed)}"
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
        return str(declared.get("ConstraintDescription", f"must look like {declared['AllowedPattern']}"))
    if len(value) > int(declared.get("MaxLength", len(value))):
        return f"must not be longer than {declared['MaxLength']} characters"
    return _refused_number(value, declared) if declared.get("Type") == "Number" else ""


def _refused_number(value: str, declared: Mapping[str, Any]) -> str:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return "must be a number"
    least, most = declared.get("MinValue", "-inf"), declared.get("MaxValue", "inf")
    return "" if float(least) <= float(value) <= float(most) else f"must be from {least} to {most}"
