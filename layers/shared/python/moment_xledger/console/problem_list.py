"""The facts of the pages about problems. Each page holds so many, however many there are."""

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.problems import Group, Groups, Heading, OneGroup, ProblemFacts
from moment_xledger.console.visits import Visit
from moment_xledger.domain.problems import REASONS, Code, Problem
from moment_xledger.domain.resolutions import Way, can_be_skipped, way_of
from moment_xledger.domain.sessions import Right

A_PAGE = 25
EXAMPLES = 3  # of each group on the first page; where there are more groups than `FEW`, one
FEW = 10
MOST_GROUPS = 40
RETRIED = (Way.SEND, Way.OFFER, Way.OPEN_GATE, Way.CONFIRM, Way.MAIL)


def groups(visit: Visit, desk: Desk) -> Groups:
    """By what they are about and why; the commonest first."""
    counts = desk.ledger.problems.counts(visit.company.id)
    first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_GROUPS]
    examples = EXAMPLES if len(first) <= FEW else 1
    return {
        "total": sum(counts.values()),
        "groups": [_group(visit, desk, kind, code, count, examples) for (kind, code), count in first],
    }


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
        "fixer": REASONS[problem.code].fixer,
        "sentence": _sentence(problem, visit),
        "their_words": problem.their_words if reads else "",
        "first_seen": problem.first_seen,
        "last_seen": problem.last_seen,
        "count": problem.count,
        "way": way_of(problem.code).name.lower(),
        "can_be_retried": way_of(problem.code) in RETRIED,
        "can_be_skipped": can_be_skipped(problem.code),
        "can_be_chosen": way_of(problem.code) is Way.CHOOSE,
    }


def _sentence(problem: Problem, visit: Visit) -> str:
    """One that an older version of us stored may lack what today's sentence names; the page stands all the same."""
    try:
        sentence = problem.sentence(visit.words.language)
    except KeyError:
        return f"{visit.words.kind(problem.kind)} {problem.number}: {problem.code}"
    return sentence[:1].upper() + sentence[1:]


def _group(visit: Visit, desk: Desk, kind: str, code: Code, count: int, examples: int) -> Group:
    found, _ = desk.ledger.problems.page(visit.company.id, examples, "", kind, code)
    return {**_heading(kind, code, count), "problems": [problem_facts(problem, visit) for problem in found]}


def _heading(kind: str, code: Code, count: int) -> Heading:
    return {
        "kind": kind,
        "code": code,
        "count": count,
        "fixer": REASONS[code].fixer,
        "can_be_retried": way_of(code) in RETRIED,
    }
