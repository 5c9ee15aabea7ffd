"""Where companies' keys are kept, on moto. What else is promised of it is in `test_twins_vault`."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import Secrets, SoapLogin, Token
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


def test_keys_that_somebody_took_away_are_none(client: Any, vault: Vault) -> None:
    named = NORDVIK.model_copy(update={"keys_id": vault.offer(NORDVIK.id, SECRETS)})
    assert vault.xledger_token(named) == SECRETS.xledger_token
    client.delete_secret(SecretId="moment-xledger/nordvik", ForceDeleteWithoutRecovery=True)
    assert vault.xledger_token(named) is None
