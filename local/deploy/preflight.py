"""What would make a deployment fail, or disappoint, before anything is made. Decided here of what the account said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ALARMS_OF_A_REGION = 5_000  # CloudWatch's default quota
ROOM_FOR_OTHERS = 100  # what Lambda keeps unreserved, whatever one asks for
A_NEW_ACCOUNT = 10
# Of the queues' functions, as the template limits them, and some for people and the clock.
AT_ONCE = 170
LONGEST_NAME = (
    36  # of a stack: Lambda takes 64 letters, and the longest name is CodeDeployHook_…-CheckRelease
)
SES_OF_OURS = 10  # mails a second: two workers, five each
CAN_BE_UPDATED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}


class Weight(StrEnum):
    FINE = "+"
    KNOW = "!"
    STOP = "X"


@dataclass(frozen=True)
class Finding:
    """One line for a person; `do` says what to do about it. STOP means that nothing is made."""

    weight: Weight
    says: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.weight} {self.says}" + (f"\n  {self.do}" if self.do else "")


@dataclass(frozen=True)
class Mail:
    """What SES says of the account. `senders` are the identities that could verify the sender, and whether they do."""

    is_in_production: bool
    is_sending: bool
    a_day: float
    a_second: float
    senders: Mapping[str, bool]


@dataclass(frozen=True)
class Seen:
    """What AWS said. What it would not say is None, and its question is in `unanswered` with the reason."""

    name: str  # of the stack
    account: str
    region: str
    shells_region: str | None
    has_ses: bool
    status: str | None  # of the stack; None where there is none
    at_once: int | None = None
    unreserved: int | None = None
    reserved_by_stack: int = 0
    alarms: int | None = None
    alarms_of_stack: int = 0
    alarms_of_template: int = 0
    mail: Mail | None = None
    unanswered: Mapping[str, str] = field(default_factory=dict)


def findings(seen: Seen, values: Mapping[str, str]) -> list[Finding]:
    """`values` are the parameters as they will be."""
    found = [*_region(seen), *_stack(seen), *_trusted(seen, values), *_functions(seen, values)]
    found += [*_alarms(seen), *_mail(seen, values)]
    return found + [
        Finding(
            Weight.KNOW,
            f"AWS does not tell of {what} ({why}).",
            "Look yourself, or give the shell that right.",
        )
        for what, why in seen.unanswered.items()
    ]


def stops(found: list[Finding]) -> bool:
    return any(each.weight is Weight.STOP for each in found)


def _region(seen: Seen) -> Iterator[Finding]:
    if seen.shells_region not in (None, seen.region):
        yield Finding(
            Weight.STOP,
            f"The shell is for {seen.shells_region}, and samconfig.toml names {seen.region}.",
            "That would be a second stack. Change samconfig.toml, or unset AWS_REGION and AWS_DEFAULT_REGION.",
        )
    elif not seen.has_ses:
        yield Finding(
            Weight.STOP, f"SES is not in {seen.region}.", "Take a region that has it, in samconfig.toml."
        )
    else:
        yield Finding(Weight.FINE, f"Account {seen.account}, region {seen.region}.")


def _stack(seen: Seen) -> Iterator[Finding]:
    if len(seen.name) > LONGEST_NAME:
        yield Finding(
            Weight.STOP,
            f"The stack's name has {len(seen.name)} letters; functions are named after it.",
            f"Take one of {LONGEST_NAME} at most: `make deploy STACK=…`, or in samconfig.toml.",
        )
    if seen.status is None:
        yield Finding(
            Weight.KNOW, "There is no such stack yet: it is made.", "Have docs/first-deployment.md at hand."
        )
    elif seen.status.endswith("_IN_PROGRESS"):
        yield Finding(
            Weight.STOP, f"The stack is {seen.status}.", "Somebody is at work with it: wait until that ends."
        )
    elif seen.status not in CAN_BE_UPDATED:
        yield Finding(
            Weight.STOP, f"The stack is {seen.status}.", "docs/runbook.md, Stack fails, says what to do."
        )
    else:
        yield Finding(Weight.FINE, f"The stack is {seen.status}.")


def _trusted(seen: Seen, values: Mapping[str, str]) -> Iterator[Finding]:
    trusted = values.get("MomentAccountId", "")
    if trusted == seen.account:
        yield Finding(
            Weight.STOP,
            f"MomentAccountId is {trusted}, which is this account.",
            "Leave it empty where Moment runs here: `make deploy MomentAccountId=`.",
        )
    elif not trusted:
        yield Finding(
            Weight.KNOW,
            "Only this account may publish events and open sessions: MomentAccountId is empty.",
            "Moment runs elsewhere: `make deploy MomentAccountId=` with its twelve digits.",
        )
    else:
        yield Finding(Weight.FINE, f"Account {trusted} may publish events and open sessions.")


def _functions(seen: Seen, values: Mapping[str, str]) -> Iterator[Finding]:
    if seen.at_once is None or seen.unreserved is None:
        return
    is_small = values.get("SmallAccount") == "true"
    more = "Ask for 1,000: docs/runbook.md, Functions throttled."
    if seen.at_once < AT_ONCE and not is_small:
        yield Finding(
            Weight.STOP if seen.at_once <= A_NEW_ACCOUNT else Weight.KNOW,
            f"The account may run {seen.at_once} functions at once; at their most, ours are {AT_ONCE}.",
            f"`make deploy SmallAccount=true` for now. {more}",
        )
    elif is_small and seen.at_once >= AT_ONCE:
        yield Finding(
            Weight.KNOW,
            f"The account may run {seen.at_once} functions at once, and SmallAccount holds ours to few.",
            "`make deploy SmallAccount=false` lets them go.",
        )
    else:
        yield Finding(Weight.FINE, f"The account may run {seen.at_once} functions at once.")
    yield from _console(seen, values)


def _console(seen: Seen, values: Mapping[str, str]) -> Iterator[Finding]:
    """Lambda refuses what would leave less than a hundred to all others."""
    assert seen.unreserved is not None  # noqa: S101 -- asked before
    is_limited = values.get("SmallAccount") != "true"  # as the template's condition
    wanted = int(values.get("ConsoleConcurrency") or 0) if is_limited else 0
    room = max(0, seen.unreserved + seen.reserved_by_stack - ROOM_FOR_OTHERS)
    if wanted > room:
        yield Finding(
            Weight.STOP,
            f"ConsoleConcurrency is {wanted}, and Lambda lets {room} be set apart here.",
            "`make deploy ConsoleConcurrency=` for now: the console then has no limit of its own. "
            "Ask for 1,000: docs/runbook.md, Functions throttled.",
        )
    elif not wanted:
        yield Finding(
            Weight.KNOW,
            "The console, which is open to the internet, may use all functions of the account at once.",
            "`make deploy ConsoleConcurrency=50` limits it."
            if room >= 50
            else "Limit it when the account has room.",
        )


def _alarms(seen: Seen) -> Iterator[Finding]:
    if seen.alarms is None:
        return
    wanted = seen.alarms - seen.alarms_of_stack + seen.alarms_of_template
    if wanted > ALARMS_OF_A_REGION:
        yield Finding(
            Weight.KNOW,
            f"The region would have {wanted} alarms; {ALARMS_OF_A_REGION} is the usual quota.",
            "Service Quotas, CloudWatch, *alarms*: ask for more, unless you have more already.",
        )
    else:
        yield Finding(Weight.FINE, f"{wanted} of {ALARMS_OF_A_REGION} alarms of the region.")


def _mail(seen: Seen, values: Mapping[str, str]) -> Iterator[Finding]:
    if seen.mail is None:
        return
    mail = seen.mail
    if not mail.is_sending:
        yield Finding(
            Weight.KNOW,
            "SES sends nothing for this account.",
            "docs/runbook.md, Sending reputation. Mails wait.",
        )
    if not mail.is_in_production:
        yield Finding(
            Weight.KNOW,
            "SES is in its sandbox: mails go to verified addresses only, and all others wait.",
            "Ask for production access today, it takes about a day: docs/runbook.md, Mails wait.",
        )
    yield Finding(
        Weight.FINE if mail.a_second >= SES_OF_OURS else Weight.KNOW,
        f"SES takes {mail.a_second:g} mails a second and {mail.a_day:g} a day.",
        ""
        if mail.a_second >= SES_OF_OURS
        else f"Ours are up to {SES_OF_OURS} a second; what is refused waits.",
    )
    yield from _sender(mail.senders, values)


def _sender(senders: Mapping[str, bool], values: Mapping[str, str]) -> Iterator[Finding]:
    sender, choice = values["Sender"], values["SenderIdentity"]
    domain = sender.partition("@")[2]
    if any(senders.values()):
        yield Finding(Weight.FINE, f"SES has verified {sender}.")
    elif choice == "existing":
        yield Finding(
            Weight.STOP if not senders else Weight.KNOW,
            f"SenderIdentity is existing, and SES has not verified {sender} or {domain}.",
            "Verify one of them first, or `make deploy SenderIdentity=domain`.",
        )
    elif choice == "domain":
        yield Finding(
            Weight.KNOW,
            f"SES has not verified {domain} yet, so it sends nothing.",
            "Make the DNS records of the output SenderRecords, as soon as the stack is there.",
        )
    else:
        yield Finding(
            Weight.KNOW,
            f"SES has not verified {sender} yet, so it sends nothing.",
            "Press the link in the mail that AWS sends to it.",
        )
