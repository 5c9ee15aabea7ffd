"""Where companies' keys are kept, on moto."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token

NORDVIK = CompanyId("nordvik")
SECRETS = Secrets(Token("token"), Token("moment-key"), SoapLogin("user", "password"))


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("secretsmanager", "eu-north-1")


def key_of(client: Any, name: str) -> str:
    return str(client.describe_secret(SecretId=name)["KmsKeyId"])


def test_what_is_saved_is_encrypted_with_the_stacks_own_key(client: Any) -> None:
    vault = Vault(client, "moment-xledger/")
    vault.save(NORDVIK, SECRETS)
    vault.keep_logon_key(NORDVIK, "renewed")
    assert key_of(client, "moment-xledger/nordvik") == "alias/moment-xledger"
    assert key_of(client, "moment-xledger/nordvik.logon-key") == "alias/moment-xledger"


def test_what_is_saved_again_is_read_again(client: Any) -> None:
    vault = Vault(client, "moment-xledger/")
    vault.save(NORDVIK, SECRETS)
    vault.save(NORDVIK, Secrets(Token("newer"), Token("moment-key"), None))
    assert vault.secrets(NORDVIK) == Secrets(Token("newer"), Token("moment-key"), None)
