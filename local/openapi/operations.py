"""Each route of the console: what it is for, what it takes and what it answers. The type of what is answered is the
one by which the console itself builds the page's facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moment_xledger.console.facts.exports import Exports, FinishedExport, UnfinishedExport
from moment_xledger.console.facts.log import Log
from moment_xledger.console.facts.overview import Overview
from moment_xledger.console.facts.probe import ProbeFacts
from moment_xledger.console.facts.problems import Groups, NotSkipped, OneGroup, OneProblem
from moment_xledger.console.facts.record import RecordFacts
from moment_xledger.console.facts.refusals import Refusal
from moment_xledger.console.facts.report import NoReport, Report
from moment_xledger.console.facts.settings import NotSaved, SettingsFacts
from moment_xledger.console.record_page import KINDS
from moment_xledger.console.routes.record import LONGEST_NUMBER
from moment_xledger.console.settings_form import KEYS, REMOVED_BY
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.typed_settings import FIELDS, OFF, ON, SWITCHES

Fields = Mapping[str, dict[str, Any]]

HTML = "text/html"
EXPORT = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
REQUEST = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
TOKEN = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
ONE: Fields = {
    "kind": {"type": "string", "pattern": "^[a-z]{1,20}$"},
    "code": {"$ref": "#/components/schemas/Code"},
    "number": {"type": "string"},
}
GIVEN = {"type": "string", "pattern": "^([1-9][0-9]{0,18})?$"}
GROUP: Fields = {name: ONE[name] for name in ("kind", "code")}
DID: Fields = {"did": {"type": "string", "description": "What was done; the page says so."}}
MONTH: Fields = {"month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}}
SETTINGS: Fields = {
    "since": {"type": "string", "pattern": "^[1-9][0-9]{0,5}$", "description": "`version` as it was read."},
    **{name: {"enum": [ON, OFF]} if name in SWITCHES else {"type": "string"} for name in FIELDS},
    **{name: {"type": "string", "format": "password"} for name in KEYS},
    **{name: {"enum": [ON, OFF], "default": OFF} for name in REMOVED_BY},
}
AN_EXPORT = FinishedExport | UnfinishedExport

# In paths, which all of them need.
IN_PATHS: Fields = {"number": EXPORT, "piece": {"$ref": "#/components/schemas/Piece"}, "token": TOKEN}


@dataclass(frozen=True)
class Operation:
    """`answers`: the type of its JSON; without one it has a page only, or leads elsewhere if it `leads`.

    `form`: what is sent besides the page's `csrf`. `also`: statuses besides 200 or 303 and what every route of its
    `way` in may answer; with a type where that is not a refusal.
    """

    summary: str
    answers: Any = None
    leads: str = ""
    query: Fields = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # of the query
    form: Fields | None = None
    also: Mapping[int, Any] = field(default_factory=dict)
    way: str = "session"
    page: str = HTML


_GONE = {404: None}
_FILE = {404: None, 409: None}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/"): Operation("To the first page", leads="/overview", way="open"),
    ("GET", "/style.css"): Operation("How the pages look", way="open", page="text/css"),
    ("GET", "/icon.svg"): Operation("The icon", way="open", page="image/svg+xml"),
    ("GET", "/in/<token>"): Operation("Who may enter by this link; it stays unused", way="link"),
    ("POST", "/in/<token>"): Operation("Enter: good once", leads="/overview, with a session", way="link"),
    ("GET", "/out"): Operation("Signed out", way="open"),
    ("POST", "/out"): Operation("End this session", leads="/out", form={}),
    ("GET", "/overview"): Operation("How it goes", Overview),
    ("GET", "/problems"): Operation("What needs a person, in groups", Groups, query=DID),
    ("GET", "/problems/group"): Operation(
        "The problems of one kind for one reason, some at a time",
        OneGroup,
        query={**GROUP, "after": {"type": "string", "description": "`following` of the answer before."}},
        needs=tuple(GROUP),
        also=_GONE,
    ),
    ("GET", "/problems/one"): Operation("One problem", OneProblem, query=ONE, needs=tuple(ONE), also=_GONE),
    ("POST", "/problems/retry"): Operation("Try one again", leads="/problems", form=ONE, also=_GONE),
    ("POST", "/problems/retry-all"): Operation(
        "Try a group again", leads="/problems", form=GROUP, also=_GONE
    ),
    ("POST", "/problems/skip"): Operation(
        "Skip one, with a reason",
        leads="/problems",
        form={**ONE, "reason": {"type": "string"}},
        also={400: NotSkipped, 404: None},
    ),
    ("POST", "/problems/choose"): Operation(
        "Say what only a person can know: one of the problem's `choices`, with what is given with it",
        leads="/problems",
        form={
            **ONE,
            "choice": {"enum": list(Choice)},
            "given": GIVEN,
            "file_key": {**GIVEN, "description": "Of an uploaded file; the same as `given`."},
        },
    ),
    ("GET", "/record"): Operation(
        "One customer, project or invoice, by its number in Moment",
        RecordFacts,
        query={"kind": {"enum": list(KINDS)}, "number": {"type": "string", "maxLength": LONGEST_NUMBER}},
        also=_GONE,
    ),
    ("GET", "/settings"): Operation(
        "The settings, the newest test of the keys, and what Xledger lacks", SettingsFacts, query=DID
    ),
    ("POST", "/settings"): Operation(
        "Save the settings, and test them at once; an empty key stays as it is stored",
        leads="/settings",
        form=SETTINGS,
        also={400: NotSaved | Refusal, 409: NotSaved},
    ),
    ("POST", "/settings/test"): Operation("Test the connection", leads="/settings", form={}),
    ("GET", "/settings/probe"): Operation(
        "What is assumed of this Xledger and this Moment, and what the newest probe found", ProbeFacts
    ),
    ("POST", "/settings/probe"): Operation(
        "Check everything, in at most 25 requests that change nothing", leads="/settings/probe", form={}
    ),
    ("POST", "/settings/go-on"): Operation(
        "Go on without regard to what the newest probe found", leads="/settings/probe", form={}
    ),
    ("GET", "/report"): Operation(
        "A month's control report; without a month, nothing is counted",
        Report,
        query=MONTH,
        also={404: None, 503: NoReport},
    ),
    ("GET", "/report.csv"): Operation(
        "The same as CSV",
        query=MONTH,
        needs=tuple(MONTH),
        also={404: None, 503: NoReport},
        page="text/csv",
    ),
    ("GET", "/log"): Operation(
        "Who did what, and whom we have told",
        Log,
        query={"before": {"type": "string", "description": "`following` of the answer before."}},
        also=_GONE,
    ),
    ("GET", "/exports"): Operation(
        "The exports, newest first, and how many invoices wait for the next",
        Exports,
        query={"before": EXPORT, "asked": REQUEST},
        also=_GONE,
    ),
    ("POST", "/exports"): Operation(
        "Make an export now; the same `request` again is the same export",
        leads="/exports?asked=…",
        form={"request": REQUEST},
    ),
    ("GET", "/exports/<number>"): Operation("One export", AN_EXPORT, also=_GONE),
    ("POST", "/exports/<number>/files/<piece>"): Operation(
        "Fetch a file", leads="a link that is good for five minutes", form={}, also=_FILE
    ),
    ("GET", "/exports/<number>/again"): Operation("Before it is made again", AN_EXPORT, also=_GONE),
    ("POST", "/exports/<number>/again"): Operation(
        "Make it again, under a new number",
        leads="/exports?asked=…",
        form={"request": REQUEST},
        also=_GONE,
    ),
    ("POST", "/exports/<number>/upload"): Operation(
        "Say what you have seen in Xledger of a file that its import took",
        leads="/exports/{number}?did=…",
        form={
            "choice": {"type": "string", "enum": ["apart", "arrived"]},
            "sure": {"type": "string", "enum": ["on"], "description": "Needed with `apart`."},
        },
        also=_GONE,
    ),
    ("GET", "/e/<token>"): Operation("One export, for whoever has its link", AN_EXPORT, way="link"),
    ("POST", "/e/<token>/files/<piece>"): Operation(
        "Fetch a file by the link", leads="a link that is good for five minutes", way="link", also=_FILE
    ),
}
