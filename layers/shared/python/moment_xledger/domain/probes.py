"""A probe: what an Xledger and a Moment answered to questions that change nothing, judged against what is assumed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from moment_xledger.domain.assumptions import (
    FITS,
    UNKNOWN,
    Assumption,
    Finding,
    Unread,
    Verdict,
    WhyUnread,
    Work,
    unknown,
)
from moment_xledger.domain.companies import LEAVE_IN_A_FILE, Company, Route
from moment_xledger.domain.dimensions import USUAL, Dimensions, Source, slots_of
from moment_xledger.domain.entities import (
    Entity,
    OwnerCodeNeeded,
    OwnerCodeNotReached,
    Reach,
    entity_of,
    in_words,
    named,
)
from moment_xledger.domain.followed import COLUMN, INCLUDE, NAME, STATE, meaning_of
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists, absent
from moment_xledger.domain.vat_rates import (
    PUBLISHED_PURCHASES,
    RateSources,
    VatRates,
    as_text,
    differing,
    sure,
)

MOST_REQUESTS = 25
MOST_NAMED = 8  # places, records and the like in one sentence
ALL_WORK = frozenset(Work)
_ENTITY_WORK = frozenset({Work.CUSTOMERS, Work.PROJECTS, Work.EXPENSES})

# What cannot go on without an operation. Those that are not here can.
NEEDED_FOR: Mapping[str, frozenset[Work]] = {
    **dict.fromkeys(
        ("LookUpCustomers", "AddCompanies", "AddCustomers", "UpdateCompanies", "UpdateCustomers"),
        frozenset({Work.CUSTOMERS}),
    ),
    **dict.fromkeys(("LookUpProjects", "AddProjects", "UpdateProjects"), frozenset({Work.PROJECTS})),
}
# Asked by the probe alone, so that nothing misses them.
OF_THE_PROBE = frozenset({"IntrospectSchema", "SampleCustomers", "SampleProjects", "ReadLedgerSetup"})
PURCHASE_CODES = ("1", "11", "12", "13")  # two lists are published, and they agree on the first two alone


@dataclass(frozen=True)
class Sample:
    """A few records by the list that showed them, and what our look-up said of them. `hidden`: fields that it showed on
    none of them. `unstated`: how many a list shows that states no selection."""

    shown: Mapping[str, str]  # number by id
    seen_by_id: frozenset[str]
    seen_by_number: frozenset[str]
    hidden: tuple[str, ...] = ()
    unstated: int = 0


@dataclass(frozen=True)
class LedgerSetup:
    periods: int
    job_levels: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A SOAP service by what it says of itself. `lacking`: what we call, and it has not. `names`: what of that is there
    under another name."""

    operations: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PostedLines:
    """What a read of posted lines shows of their form, and no value of theirs.

    `names`: for each field of ours its column, as it is called there. `filled`: how many lines have the field.
    `learnt`: fields that were recognised by their values alone. `projects_in`: for each GL object that has any, on how
    many lines it is the number of a known project.
    """

    count: int
    columns: tuple[str, ...]
    names: Mapping[str, str]
    filled: Mapping[str, int]
    learnt: Mapping[str, str] = field(default_factory=dict)
    ids: int = 0
    projects_in: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Filtered:
    """A read of the time at which one line is known to have been changed. `inside`: lines of that time."""

    inside: int
    outside: int


@dataclass(frozen=True)
class Listed:
    """A page of a resource of Moment's. `lacking`: fields that each must have, and some have not; `not_seen`: those
    that none has and not all need. `include`: the parts that were asked for then; `include_adds`: what
    came with them."""

    count: int
    lacking: tuple[str, ...] = ()
    not_seen: tuple[str, ...] = ()
    include: str = ""
    include_adds: tuple[str, ...] = ()
    state_field: str = ""
    state_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoSuchList:
    status: int


Found = Mapping[str, str]
NOTHING: Mapping[str, str] = MappingProxyType({})


WORK_OF: Mapping[Kind, Work] = {Kind.CUSTOMER: Work.CUSTOMERS, Kind.PROJECT: Work.PROJECTS}
PENDING = Unread(WhyUnread.NO_ANSWER)


@dataclass(frozen=True)
class Evidence:
    """What was gathered. None: the switches of the company do not need it. `outcomes`: what each operation came to, by
    Xledger's words, which are empty where it was answered."""

    now: datetime
    url: str
    outcomes: Mapping[str, str] = field(default_factory=dict)
    token_refused: str | None = None
    closed: Unread | None = None
    schema: Mapping[str, tuple[str, ...]] | Unread = PENDING
    operations: int = 0
    reach: Reach | None = None
    samples: Mapping[Kind, Sample | Unread] = field(default_factory=dict)
    dimensions: Dimensions | Unread | None = None
    lists: Lists | Unread | None = None
    rates: VatRates | Unread | None = None
    setup: LedgerSetup | Unread | None = None
    service: Service | Unread | None = None
    lines: PostedLines | Unread | None = None
    filtered: Filtered | Unread | None = None
    moment: Mapping[str, Listed | NoSuchList | Unread] = field(default_factory=dict)


NOT_REACHED = frozenset(
    {
        WhyUnread.CLOSED,
        WhyUnread.NO_ANSWER,
        WhyUnread.REQUESTS_USED,
        WhyUnread.TIME_USED,
        WhyUnread.NEEDS_ANOTHER,
    }
)


@dataclass(frozen=True)
class Probe:
    """`follows`: what was learnt that has no place of its own, such as the names of columns, in use from then on."""

    when: datetime
    by: str
    requests: int
    findings: tuple[Finding, ...]
    follows: Mapping[str, str] = field(default_factory=dict)

    @property
    def was_answered(self) -> bool:
        return any(each.assumption is Assumption.ANSWERS and each.case == FITS for each in self.findings)

    @property
    def passed(self) -> bool:
        return not any(each.verdict is Verdict.STOP for each in self.findings)

    def over(self, earlier: "Probe | None") -> "Probe":
        """This one, with what the one before found different where this one did not get an answer."""
        old = {each.assumption: each for each in earlier.findings} if earlier else {}
        kept = {
            each.assumption: old[each.assumption]
            for each in self.findings
            if each.case == UNKNOWN
            and each.details["why"] in NOT_REACHED
            and each.assumption in old
            and old[each.assumption].verdict in (Verdict.STOP, Verdict.FOLLOWED)
        }
        if earlier is None or not kept:
            return self
        findings = tuple(kept.get(each.assumption, each) for each in self.findings)
        follows = {name: each for name, each in earlier.follows.items() if _taught_by(name) in kept}
        return replace(self, findings=findings, follows={**follows, **self.follows})

    def stops(self, work: Work) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if work in each.stops)


@dataclass(frozen=True)
class Hold:
    """What of a company must not go on. `waits_for_probe`: nothing, for it is new and no probe has had an answer.
    `waived`: names of findings that a person went on without regard to."""

    stops: frozenset[Work] = frozenset()
    waits_for_probe: bool = False
    waived: frozenset[str] = frozenset()

    def holds(self, work: Work) -> bool:
        return self.waits_for_probe or work in self.stops

    @property
    def is_open(self) -> bool:
        return not self.stops and not self.waits_for_probe

    def after(self, probe: Probe) -> "Hold":
        counted = [each for each in probe.findings if each.name not in self.waived]
        stops = frozenset(work for each in counted for work in each.stops)
        return Hold(stops, self.waits_for_probe and not probe.was_answered, self.waived)

    def gone_on(self, probe: Probe | None) -> "Hold":
        """By a person who has read it."""
        found = {each.name for each in probe.findings if each.stops} if probe else set[str]()
        return Hold(waived=self.waived | found)


def _taught_by(name: str) -> Assumption:
    """The assumption that a name in `follows` is about."""
    if name.startswith(NAME):
        return Assumption.EXPORT_WSDL
    if name.startswith(COLUMN):
        return Assumption.EXPORT_COLUMNS
    resource = "projects" if name == STATE else name.removeprefix(INCLUDE)
    return _OF_MOMENT[resource][0]


def judge(company: Company, found: Evidence) -> tuple[Finding, ...]:
    """In the order in which they are shown."""
    return tuple(
        each
        for finding in (
            _answers(found),
            _schema(company, found),
            _entity(company, found),
            _rights(company, found),
            *(_look_up(kind, found) for kind in Kind if kind in found.samples),
            _dimensions(company, found),
            *_vat(company, found),
            _accounts(company, found),
            _setup(found),
            *_export(company, found),
            *(_moment(resource, company, found) for resource in found.moment),
            *(
                unknown(each, Unread(WhyUnread.BY_WRITING))
                for each in (Assumption.NULL_CLEARS, Assumption.ATOMIC_LISTS, Assumption.RESET_AT)
            ),
        )
        if (each := finding) is not None
    )


def works_of(company: Company) -> frozenset[Work]:
    """What its switches let happen."""
    wanted = {
        Work.CUSTOMERS: company.export_customers,
        Work.PROJECTS: company.export_projects,
        Work.INVOICES: company.route is not Route.OFF,
        Work.EXPENSES: company.import_expenses,
        Work.NIGHTS: company.writes_to_xledger,
    }
    return frozenset(work for work, is_wanted in wanted.items() if is_wanted)


def _stop(
    assumption: Assumption, case: str, works: Collection[Work], company: Company, **details: str
) -> Finding:
    return Finding(assumption, case, details, frozenset(works) & works_of(company))


def _some(names: Collection[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = f" (+{len(listed) - MOST_NAMED})" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more


def _answers(found: Evidence) -> Finding:
    if found.token_refused is not None:
        return Finding(Assumption.ANSWERS, "token", {"words": found.token_refused}, ALL_WORK)
    if found.closed is not None and "" not in found.outcomes.values():
        return unknown(Assumption.ANSWERS, found.closed)
    answered = sum(not words for words in found.outcomes.values())
    return Finding(Assumption.ANSWERS, FITS, {"answered": str(answered)})


def _schema(company: Company, found: Evidence) -> Finding:
    if isinstance(found.schema, Unread):
        return unknown(Assumption.SCHEMA, found.schema)
    return schema_finding(company, found.schema, found.operations)


def schema_finding(company: Company, missing: Mapping[str, tuple[str, ...]], operations: int) -> Finding:
    """`missing`: by operation, what the schema has not."""
    works = _needing(missing, company)
    lacking = {name: places for name, places in missing.items() if name not in OF_THE_PROBE}
    if not lacking:
        return Finding(Assumption.SCHEMA, FITS, {"operations": str(operations)})
    details = {
        "places": _some([place for places in lacking.values() for place in places]),
        "operations": _some(list(lacking)),
    }
    return Finding(Assumption.SCHEMA, "lacks" if works else "goes_without", details, works)


def _needing(operations: Collection[str], company: Company) -> frozenset[Work]:
    """What cannot go on without these."""
    works = frozenset[Work]().union(*(NEEDED_FOR.get(each, ()) for each in operations))
    return works & works_of(company)


def _rights(company: Company, found: Evidence) -> Finding:
    for kind, sample in found.samples.items():
        if isinstance(sample, Sample) and sample.hidden:
            work = Work.CUSTOMERS if kind is Kind.CUSTOMER else Work.PROJECTS
            fields = ", ".join(f"{kind}.{each}" for each in sample.hidden)
            return _stop(Assumption.RIGHTS, "hidden", {work}, company, fields=fields)
    refused = {name: words for name, words in found.outcomes.items() if words and name not in OF_THE_PROBE}
    if not refused and found.closed is not None:
        return unknown(Assumption.RIGHTS, found.closed)
    if not refused:
        answered = sum(not words for words in found.outcomes.values())
        return Finding(Assumption.RIGHTS, FITS, {"operations": str(answered)})
    works = _needing(refused, company)
    details = {"operations": _some(list(refused)), "words": _some(list(refused.values()))}
    return Finding(Assumption.RIGHTS, "lacks" if works else "goes_without", details, works)


def _entity(company: Company, found: Evidence) -> Finding:
    if found.reach is None:
        return unknown(Assumption.ENTITY, found.closed or Unread(WhyUnread.NO_ANSWER))
    match entity_of(company.owner_code, found.reach, found.url):
        case OwnerCodeNeeded(offered):
            return _stop(Assumption.ENTITY, "needed", _ENTITY_WORK, company, entity=in_words(offered))
        case OwnerCodeNotReached(owner_code, reached):
            details = {"owner_code": str(owner_code), "entity": in_words(reached)}
            return _stop(Assumption.ENTITY, "not_reached", _ENTITY_WORK, company, **details)
        case Entity() as entity if entity.owner_code in found.reach.known:
            case = FITS if company.owner_code is not None else "learnt"
            return Finding(Assumption.ENTITY, case, {"entity": named(entity, found.reach)})
    return Finding(Assumption.ENTITY, "typed")


def _look_up(kind: Kind, found: Evidence) -> Finding:
    assumption, work = {
        Kind.CUSTOMER: (Assumption.ALL_CUSTOMERS, Work.CUSTOMERS),
        Kind.PROJECT: (Assumption.ALL_PROJECTS, Work.PROJECTS),
    }[kind]
    sample = found.samples[kind]
    if isinstance(sample, Unread):
        return unknown(assumption, sample)
    if not sample.shown:
        return unknown(assumption, Unread(WhyUnread.NOTHING_THERE))
    for case, seen in (("missed", sample.seen_by_id), ("by_number", sample.seen_by_number)):
        if missed := [number for id_, number in sample.shown.items() if id_ not in seen]:
            return Finding(assumption, case, {"missed": _some(missed)}, frozenset({work}))
    shown = str(len(sample.shown))
    return Finding(assumption, FITS, {"seen": shown, "shown": shown, "unstated": str(sample.unstated)})


def _dimensions(company: Company, found: Evidence) -> Finding | None:
    if found.dimensions is None:
        return None
    if isinstance(found.dimensions, Unread):
        return unknown(Assumption.DIMENSIONS, found.dimensions)
    slot, typed = found.dimensions.project, company.project_dimension
    if slot is None:
        return unknown(Assumption.DIMENSIONS, Unread(WhyUnread.NOTHING_THERE))
    if typed and typed != slot:
        works = {Work.EXPENSES, Work.INVOICES}
        return _stop(Assumption.DIMENSIONS, "typed", works, company, slot=str(slot), typed=str(typed))
    return Finding(Assumption.DIMENSIONS, FITS if slot == USUAL.project else "other", {"slot": str(slot)})


def _vat(company: Company, found: Evidence) -> Iterator[Finding]:
    rates = found.rates
    if company.route in LEAVE_IN_A_FILE:
        yield _sales_vat(company, found)
    if company.import_expenses and rates is not None:
        yield unknown(Assumption.PURCHASE_VAT, rates) if isinstance(rates, Unread) else _purchases(found)


def _sales_vat(company: Company, found: Evidence) -> Finding:
    lists, rates, today = found.lists, found.rates, found.now.date()
    if not isinstance(lists, Lists) or not lists.vat_codes:
        return unknown(Assumption.SALES_VAT, _unlisted(lists, found))
    codes = company.vat_codes
    known = rates if isinstance(rates, VatRates) else None
    pairs = differing(codes, RateSources(known, company.own_rates), today)
    if pairs:
        listed = [
            f"{each.ours} ({as_text(each.our_percent)} %) → {each.theirs} ({as_text(each.their_percent)} %)"
            for each in pairs
        ]
        return _stop(Assumption.SALES_VAT, "differ", {Work.INVOICES}, company, pairs=_some(listed))
    lacking = [theirs for theirs in codes.values() if theirs not in lists.vat_codes]
    if lacking:
        details = {"codes": _some(sorted(lacking)), "offered": _offered(lists.vat_codes, known, today)}
        is_all = len(lacking) == len(codes)
        return Finding(Assumption.SALES_VAT, "absent", details, frozenset({Work.INVOICES} if is_all else ()))
    return Finding(Assumption.SALES_VAT, FITS if known else "unrated", {"count": str(len(codes))})


def _unlisted(lists: Lists | Unread | None, found: Evidence) -> Unread:
    """Books without any account or VAT code are none: an empty list is one that was not shown."""
    if isinstance(lists, Unread):
        return lists
    return found.closed or Unread(WhyUnread.NOTHING_THERE if lists else WhyUnread.NO_ANSWER)


def _offered(codes: Collection[str], rates: VatRates | None, day: date) -> str:
    return ", ".join(
        f"{code} = {as_text(percent)} %" if percent is not None else code
        for code in sorted(codes)
        for percent in (sure(rates.on(code, day)) if rates else None,)
    )


def _purchases(found: Evidence) -> Finding:
    rates, day = found.rates, found.now.date()
    assert isinstance(rates, VatRates)  # noqa: S101 the caller has looked
    if not any(rates.knows(code) for code in PUBLISHED_PURCHASES.by_code):
        return unknown(Assumption.PURCHASE_VAT, Unread(WhyUnread.NOTHING_THERE))
    said = {code: sure(rates.on(code, day)) for code in PURCHASE_CODES}
    published = {code: sure(PUBLISHED_PURCHASES.on(code, day)) for code in PUBLISHED_PURCHASES.by_code}
    is_other = any(said[code] not in (None, percent) for code, percent in published.items())
    listed = ", ".join(f"{code} = {as_text(each)} %" for code, each in said.items() if each is not None)
    return Finding(Assumption.PURCHASE_VAT, "other" if is_other else FITS, {"rates": listed})


def _accounts(company: Company, found: Evidence) -> Finding | None:
    lists = found.lists
    if company.route not in LEAVE_IN_A_FILE:
        return None
    if not isinstance(lists, Lists) or not lists.accounts:
        return unknown(Assumption.ACCOUNTS, _unlisted(lists, found))
    lacking = [each for each in absent(company.terms, lists) if each.is_account]
    if lacking:
        is_of_all = any(each.vat_code is None for each in lacking)
        works = frozenset({Work.INVOICES} if is_of_all else ())
        return Finding(
            Assumption.ACCOUNTS, "absent", {"accounts": _some([each.theirs for each in lacking])}, works
        )
    return Finding(Assumption.ACCOUNTS, FITS, {"count": str(len(lists.accounts))})


def _setup(found: Evidence) -> Finding | None:
    if found.setup is None:
        return None
    if isinstance(found.setup, Unread):
        return unknown(Assumption.LEDGER_SETUP, found.setup)
    levels = _some(found.setup.job_levels) or "–"
    return Finding(Assumption.LEDGER_SETUP, FITS, {"periods": str(found.setup.periods), "levels": levels})


def _export(company: Company, found: Evidence) -> Iterator[Finding]:
    if found.service is not None:
        yield _service(company, found.service)
    lines = found.lines
    if lines is None:
        return
    of_lines = (Assumption.EXPORT_COLUMNS, Assumption.EXPORT_PROJECT, Assumption.EXPORT_IDS)
    if isinstance(lines, Unread):
        yield from (unknown(each, lines) for each in of_lines)
    elif not lines.count:
        yield from (unknown(each, Unread(WhyUnread.NOTHING_THERE)) for each in of_lines)
    else:
        yield _columns(company, lines)
        yield _project_slot(company, found, lines)
        if lines.ids:
            is_of_line = lines.ids == lines.count
            details = {"count": str(lines.count), "ids": str(lines.ids)}
            yield Finding(Assumption.EXPORT_IDS, FITS if is_of_line else "voucher", details)
    if found.filtered is not None:
        yield _filter(company, found.filtered)


def _service(company: Company, service: Service | Unread) -> Finding:
    if isinstance(service, Unread):
        return unknown(Assumption.EXPORT_WSDL, service)
    if service.lacking:
        details = {"lacking": _some(service.lacking), "offered": _some(service.operations)}
        return _stop(Assumption.EXPORT_WSDL, "lacks", {Work.EXPENSES}, company, **details)
    if service.names:
        names = _some([f"{ours} → {theirs}" for ours, theirs in service.names.items()])
        return Finding(Assumption.EXPORT_WSDL, "renamed", {"names": names})
    return Finding(Assumption.EXPORT_WSDL, FITS, {"operations": str(len(service.operations))})


ALWAYS_NEEDED = ("account", "amount")
IDENTITIES = (("transaction_id",), ("voucher_no", "line_no"))


def _columns(company: Company, lines: PostedLines) -> Finding:
    count = {"count": str(lines.count)}
    lacking = [each for each in ALWAYS_NEEDED if not lines.filled.get(each)]
    if not any(all(lines.filled.get(each) for each in names) for names in IDENTITIES):
        lacking.append("transaction_id")
    if lacking:
        details = {"lacking": _some(lacking), "columns": ", ".join(lines.columns)}
        return _stop(Assumption.EXPORT_COLUMNS, "lacks", {Work.EXPENSES}, company, **count, **details)
    if lines.learnt:
        names = _some([f"{name} → {column}" for name, column in lines.learnt.items()])
        return Finding(Assumption.EXPORT_COLUMNS, "renamed", {**count, "names": names})
    filled = {name: str(lines.filled.get(name, 0)) for name in ("account", "project")}
    return Finding(Assumption.EXPORT_COLUMNS, FITS, {**count, **filled})


def _project_slot(company: Company, found: Evidence, lines: PostedLines) -> Finding:
    """Most of a ledger is on no project, so only numbers that are known to be projects' tell."""
    if not lines.projects_in:
        return unknown(Assumption.EXPORT_PROJECT, Unread(WhyUnread.NOTHING_THERE))
    read = found.dimensions if isinstance(found.dimensions, Dimensions) else None
    slots = slots_of(company, read)
    seen = max(lines.projects_in, key=lambda slot: lines.projects_in[slot])
    details = {"slot": str(seen), "reads": str(slots.project)}
    if slots.project in lines.projects_in and lines.projects_in[slots.project] == lines.projects_in[seen]:
        known = {"known": str(lines.projects_in[seen]), "count": str(lines.count), "slot": str(slots.project)}
        return Finding(Assumption.EXPORT_PROJECT, FITS, known)
    if slots.source is Source.ASSUMED:
        return Finding(Assumption.EXPORT_PROJECT, "other", details)
    return _stop(Assumption.EXPORT_PROJECT, "typed", {Work.EXPENSES}, company, **details)


def _filter(company: Company, filtered: Filtered | Unread) -> Finding:
    if isinstance(filtered, Unread):
        if filtered.why is WhyUnread.REFUSED:
            return _stop(Assumption.EXPORT_FILTER, "refused", {Work.EXPENSES}, company, words=filtered.words)
        return unknown(Assumption.EXPORT_FILTER, filtered)
    if not filtered.inside:
        return _stop(Assumption.EXPORT_FILTER, "empty", {Work.EXPENSES}, company)
    if filtered.outside:
        return _stop(Assumption.EXPORT_FILTER, "ignored", {Work.EXPENSES}, company)
    return Finding(Assumption.EXPORT_FILTER, FITS, {"inside": str(filtered.inside)})


_OF_MOMENT: Mapping[str, tuple[Assumption, Work]] = {
    "customers": (Assumption.MOMENT_CUSTOMERS, Work.NIGHTS),
    "projects": (Assumption.MOMENT_PROJECTS, Work.EXPENSES),
    "invoices": (Assumption.MOMENT_INVOICES, Work.NIGHTS),
    "expenses": (Assumption.MOMENT_EXPENSES, Work.EXPENSES),
}


def _moment(resource: str, company: Company, found: Evidence) -> Finding:
    assumption, work = _OF_MOMENT[resource]
    listed = found.moment[resource]
    if isinstance(listed, Unread):
        return unknown(assumption, listed)
    if isinstance(listed, NoSuchList):
        return _stop(assumption, "absent", {work}, company, status=str(listed.status))
    if not listed.count:
        return unknown(assumption, Unread(WhyUnread.NOTHING_THERE))
    count = {"count": str(listed.count)}
    lacking = [each for each in listed.lacking if each not in listed.include_adds]
    if lacking == ["active"] and listed.state_words:
        details = {"field": listed.state_field, "words": _some(listed.state_words)}
        strange = [each for each in listed.state_words if meaning_of(each) is None]
        if strange:
            details["words"] = _some(strange)
            return _stop(assumption, "state_unknown", {work}, company, **details)
        return Finding(assumption, "state", details)
    if lacking:
        return _stop(assumption, "lacking", {work}, company, lacking=_some(lacking))
    if listed.include_adds:
        details = {"lacking": _some(listed.include_adds), "include": listed.include}
        return Finding(assumption, "include", details)
    if listed.not_seen:
        return Finding(assumption, "not_seen", {**count, "lacking": _some(listed.not_seen)})
    return Finding(assumption, FITS, count)


def follows(company: Company, found: Evidence) -> Found:
    """What is used from now on, by its name."""
    taught: dict[str, str] = {}
    if isinstance(found.lines, PostedLines):
        taught |= {f"{COLUMN}{name}": column for name, column in found.lines.learnt.items()}
    if isinstance(found.service, Service) and not found.service.lacking:
        taught |= {f"{NAME}{ours}": theirs for ours, theirs in found.service.names.items()}
    for resource, listed in found.moment.items():
        if isinstance(listed, Listed) and listed.include_adds:
            taught[f"{INCLUDE}{resource}"] = listed.include
        if isinstance(listed, Listed) and _moment(resource, company, found).case == "state":
            taught[STATE] = listed.state_field
    return taught


def slot_by_lines(company: Company, found: Evidence) -> int | None:
    """The dimension that posted lines show projects in, where nobody else says it."""
    lines = found.lines
    if not isinstance(lines, PostedLines) or not lines.count:
        return None
    finding = _project_slot(company, found, lines)
    return int(finding.details["slot"]) if finding.case == "other" else None
