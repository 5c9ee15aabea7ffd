"""The contract with Moment as documents, made from the models that the functions read events with."""

import json
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema

from moment_xledger.domain.events import MAX_BYTES, TYPES, Envelope


class WithoutTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def contract() -> dict[str, bytes]:
    """Path below `events/` → content."""
    schemas = {type_: _schema(type_) for type_ in TYPES}
    files = {f"schemas/{type_}.json": _json(schema) for type_, schema in schemas.items()}
    return files | {
        "asyncapi.yaml": yaml.safe_dump(_asyncapi(), sort_keys=False, allow_unicode=True).encode()
    }


def _schema(type_: str) -> dict[str, Any]:
    """The whole event: CloudEvents' attributes with the data of this type."""
    envelope = Envelope.model_json_schema(schema_generator=WithoutTitles)
    data = TYPES[type_].model_json_schema(by_alias=True, schema_generator=WithoutTitles)
    definitions = data.pop("$defs", {})
    envelope["properties"] |= {"type": {"const": type_}, "data": data}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{type_}",
        "title": type_,
        **{name: part for name, part in envelope.items() if name not in ("title", "description")},
        "$defs": definitions,
    }


def _asyncapi() -> dict[str, Any]:
    messages = {
        type_.split(".", 2)[2].replace(".", "_"): {
            "name": type_,
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"./schemas/{type_}.json"},
        }
        for type_ in TYPES
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Moment ↔ Xledger: events",
            "version": "1.0.0",
            "description": "What Moment publishes. CloudEvents 1.0, structured JSON, one event to a message.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": "the queue in the stack's output EventsQueueUrl",
                "description": (
                    f"A standard SQS queue. A message holds at most {MAX_BYTES:,} bytes; its MessageGroupId is "
                    "`momentcompany`. Events may come late, twice and in any order: the newest `version` counts."
                ),
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "receiveEvents": {"action": "receive", "channel": {"$ref": "#/channels/events"}},
        },
        "components": {"messages": messages},
    }


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
