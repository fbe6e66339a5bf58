"""The permissions that the manifest of a plugin declares."""

from typing import Any

from adapters.plugins.answers.checks import WrongAnswer, exactly, text_of, tuple_of
from core.domain.errors import Invalid
from core.domain.known_permissions import KnownPermissions
from core.domain.permission_areas import SHOP_PERMISSIONS
from core.domain.permissions import Permission
from core.domain.text import Text

MOST_PERMISSIONS = 100
MOST_TEXT = 1_000


def permissions_of(value: Any, plugin: str) -> tuple[Permission, ...]:
    """Checked copies. Raises `WrongAnswer`."""
    found = tuple_of(value, "the tuple of permissions", most=MOST_PERMISSIONS)
    permissions = tuple(_permission(each) for each in found)
    codes = [each.code for each in permissions]
    of_shop = {code.partition(".")[0] for code in KnownPermissions(of_shop=SHOP_PERMISSIONS).codes}
    if codes and plugin in of_shop:
        raise WrongAnswer(f"permissions that begin with “{plugin}.” are those of the shop")
    for code in codes:
        if not code.startswith(f"{plugin}."):
            raise WrongAnswer(f"the permission “{code}” does not begin with “{plugin}.”")
        if codes.count(code) > 1:
            raise WrongAnswer(f"the permission “{code}” is declared twice")
    return permissions


def _permission(value: Any) -> Permission:
    permission = exactly(value, Permission, "a permission")
    code = exactly(permission.code, str, "the code of a permission")
    try:
        return Permission(
            code=code,
            label=_text(permission.label, f"the label of “{code}”"),
            description=_text(permission.description, f"the description of “{code}”"),
        )
    except Invalid as error:
        raise WrongAnswer(str(error)) from error


def _text(value: Any, what: str) -> Text:
    text = exactly(value, Text, what)
    by_language = {exactly(each, str, what): text.by_language[each] for each in text.by_language}
    return Text({each: text_of(words, what, most=MOST_TEXT) for each, words in by_language.items()})
