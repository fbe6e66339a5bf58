"""OpenAPI schemas of request bodies, as strict as msgspec, which decodes them."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.openapi.spec import Reference, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from adapters.web.api.body import Body

REFERENCE = "#/components/schemas/{name}"
CAPITAL = re.compile("[A-Z]")
BY_NAME = {"properties", "patternProperties"}


class BodySchemas(OpenAPISchemaPlugin):
    """Litestar leaves out unknown fields, and limits of 0, of keys and of what lists contain."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(Body)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        for_structs: OpenAPISchemaPlugin = next(
            each
            for each in schema_creator.plugins
            if each is not self
            and isinstance(each, OpenAPISchemaPlugin)
            and each.is_plugin_supported_field(field_definition)
        )
        # It also registers the schemas that this one refers to.
        schema = for_structs.to_openapi_schema(field_definition, schema_creator)
        body: Any = field_definition.annotation
        _, components = msgspec.json.schema_components([body], ref_template=REFERENCE)
        strict = _schema_of(components[body.__name__])
        schema.properties, schema.required = strict.properties, strict.required
        schema.additional_properties = strict.additional_properties
        return schema


def _schema_of(document: Mapping[str, Any]) -> Any:
    """A JSON Schema as Litestar's objects."""
    if "$ref" in document:
        return Reference(ref=document["$ref"])
    return Schema(**{_snake(name): _value(name, each) for name, each in document.items()})


def _value(name: str, value: Any) -> Any:
    if name == "type":
        return OpenAPIType(value)
    if name in BY_NAME:
        return {key: _schema_of(each) for key, each in value.items()}
    if name == "default":
        return value
    if isinstance(value, Mapping):
        return _schema_of(value)
    if isinstance(value, list):
        return [_schema_of(each) if isinstance(each, Mapping) else each for each in value]
    return value


def _snake(name: str) -> str:
    """``maxLength`` as ``max_length``."""
    return CAPITAL.sub(lambda match: f"_{match.group().lower()}", name)
