"""Where companies' keys are kept, on moto. What else is promised of it is in `test_twins_vault`."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import Secrets, SoapLogin, Token
from moment_xledger.domain.errors import KeyRefused
from tests.builders import a_company

NORDVIK = a_company("nordvik")
SECRETS = Secrets(Token("token"), Token("moment-key"), SoapLogin("user", "password"))


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("secretsmanager", "eu-north-1")


@pytest.fixture
def vault(client: Any) -> Vault:
    return Vault(client, "moment-xledger/")


def key_of(client: Any, name: str) -> str:
    return str(client.describe_secret(SecretId=name)["KmsKeyId"])


def test_what_is_saved_is_encrypted_with_the_stacks_own_key(client: Any, vault: Vault) -> None:
    vault.offer(NORDVIK.id, SECRETS)
    vault.keep_logon_key(NORDVIK, "renewed")
    assert key_of(client, "moment-xledger/nordvik") == "alias/moment-xledger"
    assert key_of(client, "moment-xledger/nordvik.logon-key") == "alias/moment-xledger"


def test_the_version_that_is_named_always_bears_a_mark(client: Any, vault: Vault) -> None:
    """Secrets Manager may drop what bears none."""
    vault.offer(NORDVIK.id, SECRETS)
    named = NORDVIK.model_copy(update={"keys_id": vault.offer(NORDVIK.id, SECRETS)})

    def marks() -> list[str]:
        stages = client.describe_secret(SecretId="moment-xledger/nordvik")["VersionIdsToStages"]
        return list(stages[named.keys_id])

    assert marks() == ["AWSPENDING"]
    vault.adopt(named)
    for _ in range(3):
        vault.offer(NORDVIK.id, SECRETS)
    assert marks() == ["AWSCURRENT"]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"ForceDeleteWithoutRecovery": True}, id="for good"),
        pytest.param({"RecoveryWindowInDays": 30}, id="as the runbook does it"),
    ],
)
def test_keys_that_somebody_took_away_are_none(client: Any, vault: Vault, how: dict[str, Any]) -> None:
    named = NORDVIK.model_copy(update={"keys_id": vault.offer(NORDVIK.id, SECRETS)})
    vault.keep_logon_key(named, "renewed")
    assert vault.xledger_token(named) == SECRETS.xledger_token
    client.delete_secret(SecretId="moment-xledger/nordvik", **how)
    assert (vault.xledger_token(named), vault.soap_login(named), vault.secrets(named)) == (None, None, None)
    with pytest.raises(KeyRefused):
        vault.moment_key(named)


def test_a_logon_key_that_somebody_took_away_leaves_what_a_person_typed(client: Any, vault: Vault) -> None:
    named = NORDVIK.model_copy(update={"keys_id": vault.offer(NORDVIK.id, SECRETS)})
    vault.keep_logon_key(named, "renewed")
    client.delete_secret(SecretId="moment-xledger/nordvik.logon-key", RecoveryWindowInDays=30)
    assert vault.soap_login(named) == SECRETS.soap
