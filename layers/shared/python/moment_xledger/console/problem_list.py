"""The facts of the pages about problems. Each page holds so many, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.problems import (
    ChoiceFacts,
    Group,
    Groups,
    Heading,
    OneGroup,
    OneProblem,
    ProblemFacts,
)
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problem_choices import choices_of
from moment_xledger.domain.problems import Code, Problem, fixer_of
from moment_xledger.domain.resolutions import Way, can_be_skipped, way_of
from moment_xledger.domain.sessions import Right
from moment_xledger.flows.decide_problem import offered

A_PAGE = 25
MOST_AT_ONCE = 50  # problems: a company seldom has more, and then no group need be asked for by itself
EXAMPLES = 3  # of each group on the first page; where there are more groups than `FEW`, one
FEW = 10
MOST_GROUPS = 40
NAMED = ("other", "theirs", "old")  # of a problem's details, in the words of its choices
RETRIED = (Way.SEND, Way.OFFER, Way.OPEN_GATE, Way.CONFIRM, Way.MAIL)


def groups(visit: Visit, desk: Desk) -> Groups:
    """By what they are about and why; the commonest first."""
    counts = desk.ledger.problems.counts(visit.company.id)
    first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_GROUPS]
    examples = EXAMPLES if len(first) <= FEW else 1
    found = _found(visit.company.id, dict(first), examples, desk)
    return {
        "total": sum(counts.values()),
        "groups": [_group(visit, kind, code, count, found[kind, code]) for (kind, code), count in first],
    }


def _found(
    company: CompanyId, wanted: Mapping[tuple[str, Code], int], examples: int, desk: Desk
) -> Mapping[tuple[str, Code], Sequence[Problem]]:
    """The first few of each group: all in one question, but for those that it does not reach."""
    found: defaultdict[tuple[str, Code], list[Problem]] = defaultdict(list)
    if not wanted:
        return found
    first, following = desk.ledger.problems.page(company, MOST_AT_ONCE)
    for problem in first:
        found[problem.kind, problem.code].append(problem)
    for (kind, code), count in wanted.items():
        if following and len(found[kind, code]) < min(count, examples):
            found[kind, code], _ = desk.ledger.problems.page(company, examples, "", kind, code)
    return {group: found[group][:examples] for group in wanted}


def one_group(visit: Visit, desk: Desk, kind: str, code: Code, after: str) -> OneGroup:
    count = desk.ledger.problems.counts(visit.company.id).get((kind, code), 0)
    found, following = desk.ledger.problems.page(visit.company.id, A_PAGE, after, kind, code)
    return {
        **_heading(kind, code, count),
        "problems": [problem_facts(problem, visit) for problem in found],
        "following": following or None,
    }


def problem_facts(problem: Problem, visit: Visit) -> ProblemFacts:
    """What Xledger said may hold what stands in the company's books, so not everybody reads it."""
    reads = visit.may(Right.READ_THEIR_WORDS)
    return {
        "kind": problem.kind,
        "number": problem.number,
        "code": problem.code,
        "fixer": problem.reason.fixer,
        "sentence": _sentence(problem, visit),
        "their_words": problem.their_words if reads else "",
        "first_seen": problem.first_seen,
        "last_seen": problem.last_seen,
        "count": problem.count,
        "way": _way(problem),
        "can_be_retried": way_of(problem.code) in RETRIED,
        "can_be_skipped": can_be_skipped(problem.code),
        "can_be_chosen": bool(choices_of(problem.code)),
    }


def one_problem(problem: Problem, visit: Visit, desk: Desk) -> OneProblem:
    """With what a person can say about it."""
    choices = [ChoiceFacts(choice=choice, given=given) for choice, given in offered(problem, desk.ledger)]
    about = {name: problem.details[name] for name in NAMED if name in problem.details}
    return {**problem_facts(problem, visit), "choices": choices, "about": about}


def _way(problem: Problem) -> str:
    """A finalized invoice cannot be corrected where it came from."""
    way = way_of(problem.code)
    is_final = problem.kind == "invoice" and way is Way.CORRECT
    return (Way.SETTLE if is_final else way).name.lower()


def _sentence(problem: Problem, visit: Visit) -> str:
    sentence = problem.sentence(visit.words.language)
    return sentence[:1].upper() + sentence[1:]


def _group(visit: Visit, kind: str, code: Code, count: int, found: Iterable[Problem]) -> Group:
    return {**_heading(kind, code, count), "problems": [problem_facts(problem, visit) for problem in found]}


def _heading(kind: str, code: Code, count: int) -> Heading:
    return {
        "kind": kind,
        "code": code,
        "count": count,
        "fixer": fixer_of(code),
        "can_be_retried": way_of(code) in RETRIED,
    }
