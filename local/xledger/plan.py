"""What a simulated Xledger is like: who may call, how much, how often it fails. A JSON file can set it."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from local.xledger.document import Shape, has_place
from local.xledger.rights import denied_places, is_of_types
from local.xledger.soap.plan import SoapPlan
from local.xledger.vat import VatCodes

Rate = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Slot = Annotated[int, Field(ge=1, le=5)]  # glObject1 to glObject5
Dimension = Literal["PROJECT", "DEPARTMENT", "COST_UNIT"]
GatewayBody = Literal["page", "empty", "json"]
ResetAt = Literal["utc", "offset", "cet", "epoch", "seconds", "absent", "garbage"]

OWNER_CODE = 99168
TOKEN = "c2FtcGxlLWtleS1vZi1ub3Jkdmlr"


class PlanError(ValueError):
    """A plan that cannot be used; the message is one sentence for the person who wrote it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityPlan(_Strict):
    """A company in Xledger; `parent` is the owner code of the one above it, `code` what `entities { code }` shows
    (without it: the owner code), `dimensions` the kind of value that each general ledger slot holds."""

    ownerCode: int = OWNER_CODE  # noqa: N815 -- as Xledger spells it
    code: str | None = None
    description: str = "Nordvik AS"
    parent: int | None = None
    dimensions: dict[Slot, Dimension] = {1: "DEPARTMENT", 2: "PROJECT"}


class TokenPlan(_Strict):
    """A token reaches its entity and those below it. `denied` is what it has no right to: a root field (`customers`),
    a type wherever it stands (`Country`), or one field of a type (`Address.country`)."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]+=*$")] = TOKEN
    ownerCode: int = OWNER_CODE  # noqa: N815
    denied: tuple[str, ...] = ()


class RulePlan(_Strict):
    """What is refused in one field of one kind of records. In `message`, `{field}` and `{value}` are filled in."""

    kind: Literal["companies", "customers", "projects"] = "customers"
    field: str
    pattern: str | None = None  # a value that matches it is refused; `^$` is also one that is not there
    longest: Count | None = None  # a longer one is
    message: str = "{field}: The value is not valid."
    code: str = "INVALID_VALUE"

    def refuses(self, value: str) -> bool:
        is_long = self.longest is not None and len(value) > self.longest
        return is_long or (self.pattern is not None and re.search(self.pattern, value) is not None)


class Plan(_Strict):
    """Public facts are the defaults; where there are none (credits, concurrency), a plausible number is."""

    entities: Annotated[tuple[EntityPlan, ...], Field(min_length=1)] = (EntityPlan(),)
    tokens: tuple[TokenPlan, ...] = (TokenPlan(),)

    # Limits, each per token; null is no limit.
    credits_per_hour: Count | None = 1000
    reset_after_seconds: Annotated[float, Field(gt=0)] = (
        3600  # length of the window; it begins with the first request
    )
    reset_at: ResetAt = "utc"  # how the moment is written in the error
    cost_per_query: Count = 1
    cost_per_mutation: Count = 1
    cost_per_item: Count = 0  # on top, for each input in a list
    cost_of_refusal: Count = 0
    burst: Count | None = 20
    burst_seconds: Annotated[float, Field(gt=0)] = 5
    concurrency: Count | None = 5

    # What a query gets that does not say it. Neither default is published; a client that states both gets the same
    # records under every value.
    default_owner_set: Literal["CURRENT", "LOWER", "MINE", "ALL"] = "LOWER"
    default_object_status: Literal["OPEN", "ALL"] = "ALL"
    mine: Literal["CURRENT", "LOWER"] = "CURRENT"  # what MINE means
    # What a query gets that asks for ALL: nothing that is published says that it is everything.
    all_owners: Literal["ALL", "LOWER", "CURRENT"] = "ALL"
    all_statuses: Literal["ALL", "OPEN"] = "ALL"

    # How codes and the legal register's numbers are kept and compared. padded: with blanks behind, up to 25 characters.
    codes: Literal["as_sent", "trimmed", "padded", "upper_case"] = "as_sent"
    codes_match: Literal["exactly", "any_case"] = "exactly"
    company_numbers: Literal["as_sent", "without_blanks"] = "as_sent"
    # Where a code may stand only once among customers, among projects, among companies: refused otherwise.
    unique_codes: Literal["no", "entity", "reach"] = "no"
    ids: Literal["mixed", "numbers", "strings"] = (
        "mixed"  # how every dbId is written; mixed: as clients have seen it
    )

    # The feeds of changes.
    changes_kept_days: Annotated[float, Field(ge=0)] | None = None  # null: for ever
    unknown_cursor: Literal["refused", "from_start", "nothing"] = (
        "refused"  # what one that it does not have gets
    )

    # Parts of the schema that only this simulator's copy has: "Query.viewer", "Customer_Filter.ownerDbId",
    # "Query.customer_deltas.ownerSet". A document that uses one is refused as a whole.
    schema_lacks: tuple[str, ...] = ()
    introspection: bool = True  # false: what asks for the schema is refused
    id_filters: Literal["Int", "Int64String"] = "Int"  # the type of `dbId_in` in the filters
    slot_name: Literal["GL Object {}", "glObject{}", "GL_OBJECT{}"] = (
        "GL Object {}"  # glSetupEntries.field.name
    )

    vat_codes: VatCodes = "saf_t"  # which list of VAT codes; `vat` has both
    zero_rates_have_rows: bool = True  # false: taxTableSetups says nothing of a code without VAT

    # How errors look.
    error_status: Literal[200, 400] = 200
    token_error_status: Literal[200, 401, 403] = 200
    token_error_body: GatewayBody | Literal["errors"] = "errors"  # anything else says nothing of the token
    request_errors: Literal["coded", "worded", "vague"] = (
        "coded"  # of a document, or a right: with the code of its own, by its words alone, or by neither
    )
    rules: tuple[RulePlan, ...] = ()  # more that is refused of a record
    # A type or a field that the token has no right to: the document is refused, the field is null with an error or
    # without, or the schema does not show it.
    denied_types: Literal["refused", "null_with_error", "null", "hidden"] = "refused"
    atomic_lists: bool = True  # false: what comes before a bad record in a list stays done

    # A firewall or a proxy before Xledger that lets no request through, and what it answers instead. code: as errors,
    # with a code about a token of its own.
    gateway: GatewayBody | Literal["absent", "code"] = "absent"
    gateway_status: Literal[200, 401, 403] = 403

    # Faults: how often each happens, of 1.
    seed: int = 0
    faults_only: Literal["query", "mutation"] | None = None
    lost_requests: Rate = 0  # not executed, closed without an answer
    lost_answers: Rate = 0  # executed, closed without an answer
    delays: Rate = 0
    delay_seconds: Annotated[float, Field(ge=0)] = 1
    errors_5xx: Rate = 0  # instead of executing
    errors_5xx_after: Rate = 0  # after executing
    cut_bodies: Rate = 0
    longest_list: Count | None = None  # a request with a longer one, or for a longer page, times out
    half_done: Rate = 0  # lists stop in the middle with "query timed out"

    soap: SoapPlan = SoapPlan()  # the services Authentication, FileUpload and Export

    @model_validator(mode="after")
    def _owners_exist(self) -> Self:
        known = [entity.ownerCode for entity in self.entities]
        named = [entity.parent for entity in self.entities if entity.parent is not None]
        named += [token.ownerCode for token in self.tokens]
        named += [owner for owner in self.soap.owners() if owner is not None]
        if unknown := [code for code in named if code not in known]:
            raise ValueError(f"there is no entity with ownerCode {unknown[0]}; list it under entities")
        if len(set(known)) != len(known):
            raise ValueError("two entities have the same ownerCode; give each its own")
        _refuse_circles({entity.ownerCode: entity.parent for entity in self.entities})
        return self

    @model_validator(mode="after")
    def _places_exist(self) -> Self:
        if unknown := [place for place in self.schema_lacks if not has_place(place)]:
            raise ValueError(f"the schema has no {unknown[0]}; name a Type.field or Type.field.argument")
        for denied in {each for token in self.tokens for each in token.denied if is_of_types(each)}:
            if not denied_places((denied,)):
                raise ValueError(f"the schema has no {denied}; name a root field, a Type or a Type.field")
        return self

    def shape(self, token: TokenPlan | None) -> Shape:
        """What the schema looks like to a token."""
        hidden = denied_places(token.denied) if token and self.denied_types == "hidden" else ()
        return Shape(
            (*self.schema_lacks, *sorted(set(hidden) - set(self.schema_lacks))), self.ids, self.id_filters
        )

    def with_token(self, token: str) -> "Plan":
        """The same with `token` as the key to the first entity, instead of the default key."""
        named = {"token": token, "ownerCode": self.entities[0].ownerCode}
        others = [each.model_dump() for each in self.tokens if each.token not in (TOKEN, token)]
        return parse_plan(self.model_dump() | {"tokens": [named, *others]})


def _refuse_circles(parents: dict[int, int | None]) -> None:
    for start in parents:
        above, steps = parents[start], 0
        while above is not None:
            above, steps = parents[above], steps + 1
            if steps > len(parents):
                raise ValueError(f"entity {start} is above itself; mend parent")


def parse_plan(values: Any) -> Plan:
    try:
        return Plan.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the plan"
        what = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise PlanError(f"{where}: {what}.") from None


def read_plan(path: Path) -> Plan:
    try:
        return parse_plan(json.loads(path.read_text("utf-8")))
    except OSError as problem:
        raise PlanError(f"{path}: {problem.strerror}.") from None
    except ValueError as problem:
        if isinstance(problem, PlanError):
            raise PlanError(f"{path}: {problem}") from None
        raise PlanError(f'{path}: this is not JSON; write one object, such as {{"burst": 20}}.') from None
