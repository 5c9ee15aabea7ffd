"""Where passwords may be sent: to the installation that the deployment names, and to no other place."""

import pytest

from moment_xledger.adapters.xledger_soap.hosts import HOSTS, Host, Installation, pinned
from moment_xledger.domain.errors import Misconfigured


@pytest.mark.parametrize("installation", Installation)
def test_each_installation_goes_with_its_own_name(installation: Installation):
    found = HOSTS[installation]
    assert pinned(f"{found.base_url}/", found.application) == found


def test_the_name_of_another_installation_is_refused_before_a_password_goes_there():
    with pytest.raises(Misconfigured, match=r"wsdemo\.xledger\.net is not the installation XLEDGER"):
        pinned("https://wsdemo.xledger.net", "XLEDGER")


def test_a_simulator_on_this_machine_may_have_any():
    assert pinned("http://127.0.0.1:8080", "XLEDGERTEST") == Host("http://127.0.0.1:8080", "XLEDGERTEST")


@pytest.mark.parametrize(
    "url", ["http://ws.xledger.net", "https://user@ws.xledger.net", "ws.xledger.net", "https://"]
)
def test_anything_but_tls_stays_on_this_machine(url: str):
    with pytest.raises(Misconfigured, match="must be https"):
        pinned(url, "XLEDGER")
