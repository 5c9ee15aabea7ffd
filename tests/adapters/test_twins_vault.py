"""What the simulations rely on of the vault, held by the twin and by AWS as others play it."""

from random import Random
from typing import Any
from uuid import uuid4

import pytest

from local.proof.fates import NONE, Fates
from local.proof.outside import Outside
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import Company, KeysId, Secrets, SoapLogin, Token
from tests.adapters.conftest import Client
from tests.adapters.lines import START
from tests.builders import a_company

NORDVIK, SOUTH = a_company("nordvik"), a_company("south")
FIRST, SECOND = "first-password", "second-password"


@pytest.fixture
def secrets_manager(played_by: str, client: Client) -> Any:
    if played_by == "twin":
        return SecretsTwin(Outside(Scheduler(START), Fates(Random(1), NONE), lambda what: None))
    return client("secretsmanager")


@pytest.fixture
def vault(secrets_manager: Any) -> Vault:
    return Vault(secrets_manager, f"stack-{uuid4()}/")


def the_secrets(password: str = FIRST) -> Secrets:
    return Secrets(Token("token-of-xledger"), Token("key-of-moment"), SoapLogin("nordvik-ws", password))


def saved(vault: Vault, company: Company, secrets: Secrets) -> Company:
    """As the ledger has it after the save."""
    named = company.model_copy(update={"keys_id": vault.offer(company.id, secrets)})
    vault.adopt(named)
    return named


def test_a_company_without_secrets_has_none(vault: Vault) -> None:
    assert vault.secrets(NORDVIK) is None


def test_nor_has_it_those_of_another_company(vault: Vault) -> None:
    saved(vault, SOUTH, the_secrets())
    assert vault.secrets(NORDVIK) is None


def test_secrets_are_kept_and_replaced(vault: Vault) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    second = saved(vault, first, the_secrets(SECOND))
    assert vault.secrets(second) == the_secrets(SECOND)
    assert vault.secrets(NORDVIK) == the_secrets(SECOND)  # for whoever knows of no versions


def test_whoever_has_read_the_settings_before_goes_on_with_the_keys_of_that_time(vault: Vault) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    for n in range(3):
        saved(vault, first, the_secrets(f"{SECOND}-{n}"))
    assert vault.secrets(first) == the_secrets(FIRST)


def test_keys_that_are_offered_and_never_named_are_read_by_nobody(vault: Vault) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    for n in range(3):
        vault.offer(first.id, the_secrets(f"{SECOND}-{n}"))
    assert vault.secrets(first) == vault.secrets(NORDVIK) == the_secrets(FIRST)


def test_the_version_that_is_named_can_be_marked_later(vault: Vault) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    named = first.model_copy(update={"keys_id": vault.offer(first.id, the_secrets(SECOND))})
    assert (vault.secrets(named), vault.secrets(NORDVIK)) == (the_secrets(SECOND), the_secrets(FIRST))
    vault.adopt(named)
    vault.adopt(named)
    assert vault.secrets(NORDVIK) == the_secrets(SECOND)


def test_who_is_late_with_a_mark_leaves_it_where_somebody_else_has_put_it(
    secrets_manager: Any, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    late = first.model_copy(update={"keys_id": vault.offer(first.id, the_secrets(SECOND))})
    read = secrets_manager.get_secret_value

    def read_and_overtaken(**what: Any) -> Any:
        found = read(**what)
        monkeypatch.undo()
        saved(vault, first, the_secrets("third-password"))
        return found

    monkeypatch.setattr(secrets_manager, "get_secret_value", read_and_overtaken)
    vault.adopt(late)
    assert vault.secrets(NORDVIK) == the_secrets("third-password")


def test_a_secret_is_made_once(secrets_manager: Any) -> None:
    name = f"made-{uuid4()}"
    with pytest.raises(secrets_manager.exceptions.ResourceNotFoundException):
        secrets_manager.put_secret_value(SecretId=name, SecretString="before it is made")
    secrets_manager.create_secret(Name=name, SecretString="first")
    with pytest.raises(secrets_manager.exceptions.ResourceExistsException):
        secrets_manager.create_secret(Name=name, SecretString="second")
    assert secrets_manager.get_secret_value(SecretId=name)["SecretString"] == "first"


def test_keys_that_an_operator_took_away_make_room_for_new_ones(
    played_by: str, secrets_manager: Any, vault: Vault
) -> None:
    first = saved(vault, NORDVIK, the_secrets(FIRST))
    vault.keep_logon_key(first, "renewed")
    for name in ("nordvik", "nordvik.logon-key"):
        secrets_manager.delete_secret(SecretId=f"{vault._prefix}{name}", RecoveryWindowInDays=30)
    assert (vault.secrets(first), vault.secrets(NORDVIK)) == (None, None)
    if played_by == "moto":  # where AWS refuses it, this adds to what is deleted, and it stays deleted
        vault.offer(NORDVIK.id, the_secrets(SECOND))
        assert vault.secrets(NORDVIK) is None
        return

    second = saved(vault, first, the_secrets(SECOND))
    assert vault.secrets(second) == vault.secrets(NORDVIK) == the_secrets(SECOND)
    vault.keep_logon_key(second, "renewed-again")
    assert vault.soap_login(second) == SoapLogin("nordvik-ws", SECOND, "renewed-again")


def test_a_renewed_logon_key_holds_until_a_person_types_another_password(vault: Vault) -> None:
    company = saved(vault, NORDVIK, the_secrets())
    vault.keep_logon_key(company, "first-key")
    vault.keep_logon_key(company, "second-key")
    login = vault.soap_login(company)
    assert login
    assert login.logon_key == "second-key"
    other = saved(vault, NORDVIK, the_secrets(SECOND))
    vault.keep_logon_key(company, "key-of-a-worker-that-began-before")
    assert vault.soap_login(other) == SoapLogin("nordvik-ws", SECOND)


def test_two_workers_may_keep_the_first_logon_key_at_the_same_moment(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the simulation: each saw that there was none yet, and the slower one failed."""
    company = saved(vault, NORDVIK, the_secrets())
    make = Vault._make

    def slowly(slower: Vault, name: str, text: str, label: str) -> KeysId:
        monkeypatch.undo()
        slower.keep_logon_key(company, "key-of-the-faster-one")
        return make(slower, name, text, label)

    monkeypatch.setattr(Vault, "_make", slowly)
    vault.keep_logon_key(company, "key-of-the-slower-one")
    login = vault.soap_login(company)
    assert login
    assert login.logon_key == "key-of-the-slower-one"
