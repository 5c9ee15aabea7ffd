"""The bill of materials of what is deployed, in CycloneDX."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def settled(exported: str) -> dict[str, Any]:
    """The same for the same lock: uv gives each one a number and a time of its own."""
    bill: dict[str, Any] = json.loads(exported)
    del bill["serialNumber"], bill["metadata"]["timestamp"]
    bill["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(bill, sort_keys=True))}"
    return bill
