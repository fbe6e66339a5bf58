"""Submitted forms, and the page that shows a rejected form again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from litestar import Response
from litestar.datastructures import UploadFile

from adapters.web.visitors import AnyRequest
from core.domain.errors import AlreadyDone, DomainError, Invalid, KeyReused
from ports.errors import PortError

MAX_FIELD_LENGTH = 200_000
MAX_FILE_BYTES = 3_000_000
MAX_NUMBER_LENGTH = 10
PASSWORD = "password"  # noqa: S105 -- the end of the names of password fields

Refusal = DomainError | PortError
LoadVariables = Callable[[], Awaitable[Mapping[str, Any]]]
"""Loads the template variables of a page; called only after an error."""


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """The text fields as the browser sent them; line ends are LF.

    A field that cannot be kept whole is refused when it is read, so that the page shows it
    again. Nothing is cut. Passwords are apart: `values` is shown again after an error. ``files``
    has the content of the files that are not empty.
    """

    values: dict[str, str]
    passwords: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the field, trimmed. Raises `Invalid`."""
        return self.whole(name).strip()

    def whole(self, name: str) -> str:
        """Return the field with its outer spaces, for HTML. Raises `Invalid`."""
        value = self.values.get(name, "")
        if len(value) > MAX_FIELD_LENGTH:
            raise Invalid(name, "Use at most {most} characters.", most=MAX_FIELD_LENGTH)
        if "\0" in value:
            raise Invalid(name, "Remove the character NUL. It cannot be saved.")
        return value

    def password(self, name: str = "password") -> str:
        """Return the password exactly as it was typed."""
        return self.passwords.get(name, "")

    def file(self, name: str) -> bytes | None:
        """None if no file was chosen. Raises `Invalid` if it is too large."""
        content = self.files.get(name)
        if content is not None and len(content) > MAX_FILE_BYTES:
            raise Invalid(
                name, "Send files of at most {most} MB.", most=MAX_FILE_BYTES // 1_000_000
            )
        return content

    def number(self, name: str, default: int) -> int:
        """Raises `Invalid` if the field is not a whole number."""
        text = self.text(name)
        if not text:
            return default
        if not text.removeprefix("-").isdecimal() or len(text) > MAX_NUMBER_LENGTH:
            raise Invalid(name, "“{value}” is not a whole number.", value=text[:40])
        return int(text)


class RespondWith(Exception):
    """Ends a handler with this response."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__()
        self.response = response


async def submitted_form(request: AnyRequest) -> SubmittedForm:
    data = await request.form()
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    sent = {name: value for name, value in data.items() if isinstance(value, UploadFile)}
    files = {name: await _content(file) for name, file in sent.items()}
    return SubmittedForm(
        {
            name: value.replace("\r\n", "\n")
            for name, value in texts.items()
            if not name.endswith(PASSWORD)
        },
        {name: value for name, value in texts.items() if name.endswith(PASSWORD)},
        {name: content for name, content in files.items() if content},
    )


async def _content(file: UploadFile) -> bytes:
    """Read from its start: the form is read more than once."""
    await file.seek(0)
    return await file.read()


@asynccontextmanager
async def respond_on_refusal(
    render: Callable[[Refusal], Awaitable[Response[Any]]],
) -> AsyncIterator[None]:
    """End the handler with the page that ``render`` returns, on a domain or port error.

    A form that was sent before changes nothing: the handler goes on, and responds as it did then.

    Raises:
        RespondWith: carries the page; the router's exception handler sends it.
    """
    try:
        yield
    except AlreadyDone:
        return
    except KeyReused as error:
        again = Invalid(
            "once", "You sent this form before with other values. Check it, then send it again."
        )
        raise RespondWith(await render(again)) from error
    except (DomainError, PortError) as error:
        raise RespondWith(await render(error)) from error


async def no_variables() -> Mapping[str, Any]:
    return {}


def send_response(_request: AnyRequest, error: RespondWith) -> Response[Any]:
    """The exception handler of `RespondWith`."""
    return error.response
