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
from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token
from tests.adapters.conftest import Client
from tests.adapters.lines import START

NORDVIK, SOUTH = CompanyId("nordvik"), CompanyId("south")
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


def test_a_company_without_secrets_has_none(vault: Vault) -> None:
    assert vault.secrets(NORDVIK) is None


def test_nor_has_it_those_of_another_company(vault: Vault) -> None:
    vault.save(SOUTH, the_secrets())
    assert vault.secrets(NORDVIK) is None


def test_secrets_are_kept_and_replaced(vault: Vault) -> None:
    vault.save(NORDVIK, the_secrets(FIRST))
    vault.save(NORDVIK, the_secrets(SECOND))
    assert vault.secrets(NORDVIK) == the_secrets(SECOND)


def test_a_secret_is_made_once(secrets_manager: Any) -> None:
    name = f"made-{uuid4()}"
    with pytest.raises(secrets_manager.exceptions.ResourceNotFoundException):
        secrets_manager.put_secret_value(SecretId=name, SecretString="before it is made")
    secrets_manager.create_secret(Name=name, SecretString="first")
    with pytest.raises(secrets_manager.exceptions.ResourceExistsException):
        secrets_manager.create_secret(Name=name, SecretString="second")
    assert secrets_manager.get_secret_value(SecretId=name)["SecretString"] == "first"


def test_a_renewed_logon_key_holds_until_a_person_types_another_password(vault: Vault) -> None:
    vault.save(NORDVIK, the_secrets())
    vault.keep_logon_key(NORDVIK, "first-key")
    vault.keep_logon_key(NORDVIK, "second-key")
    login = vault.soap_login(NORDVIK)
    assert login
    assert login.logon_key == "second-key"
    vault.save(NORDVIK, the_secrets(SECOND))
    assert vault.soap_login(NORDVIK) == SoapLogin("nordvik-ws", SECOND)


def test_two_workers_may_keep_the_first_logon_key_at_the_same_moment(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the simulation: each saw that there was none yet, and the slower one failed."""
    vault.save(NORDVIK, the_secrets())
    make = Vault._make

    def slowly(slower: Vault, name: str, text: str) -> None:
        monkeypatch.undo()
        slower.keep_logon_key(NORDVIK, "key-of-the-faster-one")
        make(slower, name, text)

    monkeypatch.setattr(Vault, "_make", slowly)
    vault.keep_logon_key(NORDVIK, "key-of-the-slower-one")
    login = vault.soap_login(NORDVIK)
    assert login
    assert login.logon_key == "key-of-the-slower-one"
