"""`person find` and `person erase` over a deployment: who it is comes from the keyboard and is never said again."""

import io
import json
from pathlib import Path

import pytest

from moment_xledger.domain.deeds import What
from moment_xledger.flows.receive_events import Message, receive_events
from tests.builders import KEPT_BY_HAND, a_company, a_private_person, of
from tests.local.operated import NORDVIK, Operated
from tests.local.operated import operated as operated

NAME, ADDRESS = "Tuva Lie Moen", "tuva@moen.example"


@pytest.fixture
def known(operated: Operated, tmp_path: Path) -> Path:
    operated.ledger.companies.save(a_company(NORDVIK, **KEPT_BY_HAND, notify=[ADDRESS]))
    receiver = operated.use.receiver()
    object.__setattr__(receiver, "wake", lambda *_: None)
    event = of(NORDVIK, a_private_person("30771"))
    event["data"] |= {"name": NAME, "email": ADDRESS}
    assert receive_events([Message("m1", json.dumps(event))], receiver).received == 1
    who = tmp_path / "who.txt"
    who.write_text(f"{NAME}\n{ADDRESS}\n", "utf-8")
    return who


def test_what_would_be_done_is_said_before_it_is_done(operated: Operated, known: Path) -> None:
    status, said = operated.say("person", "find", "nordvik", "--who", str(known))
    assert status == 0
    assert "+ erased, 1: a customer or project as Moment has it" in said
    assert "+ erased, 1: settings, with the addresses to notify" in said
    assert operated.say("person", "find", "nordvik", "--who", str(known))[1] == said
    assert operated.say("person", "erase", "nordvik", "--who", str(known), "--by", "Ola")[0] == 0
    status, said = operated.say("person", "find", "nordvik", "--who", str(known))
    assert (status, said.splitlines()[0]) == (0, "Nothing is found.")
    (deed,) = [each for each in operated.ledger.audit.of(NORDVIK) if each.what is What.FORGOT_PERSON]
    assert (deed.who, deed.about) == ("Ola", "")


def test_nobody_is_named_in_what_is_printed(operated: Operated, known: Path) -> None:
    for what in ("find", "erase"):
        said = operated.say("person", what, "nordvik", "--who", str(known))[1]
        assert not {NAME, ADDRESS, "Tuva", "moen.example"} & {word.strip(",.:") for word in said.split()}
        assert "Tuva" not in said


def test_who_it_is_can_be_typed(operated: Operated, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ADDRESS}\n"))
    assert "erased, 1: a customer" in operated.say("person", "find", "nordvik", "--who", "-")[1]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("find", "nordvik", "--who", "missing.txt"), "--who"),
        (("find", "fjord", "--who", "who.txt"), "fjord"),
        (("erase", "nor vik", "--who", "who.txt"), "ID"),
        (("find", "nordvik", "--who", "short.txt"), "3 signs"),
    ],
)
def test_misuse_is_one_sentence(
    operated: Operated, known: Path, words: tuple[str, ...], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(known.parent)
    Path("short.txt").write_text("ab\n", "utf-8")
    status, said = operated.say("person", *words)
    assert (status, said.count("\n")) == (2, 1)
    assert named in said
