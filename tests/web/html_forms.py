"""Reads the form of a page and submits it as a browser does, without a change."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """The fields of the form with this action, by their names."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action = action
        self._inside = False
        self._area = ""
        self._selection = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = attributes.get("action") == self._action
        if not self._inside:
            return
        name = attributes.get("name", "")
        match tag:
            case "input" if attributes.get("type") not in {"checkbox", "radio"}:
                self.fields[name] = attributes.get("value", "")
            case "input" if "checked" in attributes and "disabled" not in attributes:
                self.fields[name] = attributes.get("value", "")
            case "textarea":
                self._area, self.fields[name] = name, ""
            case "select":
                self._selection = name
            case "option" if "selected" in attributes or self._selection not in self.fields:
                self.fields[self._selection] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # HTML drops one line break after the tag, and sends the others as CRLF.
            text = self.fields[self._area].removeprefix("\n")
            self.fields[self._area] = text.replace("\n", "\r\n")
            self._area = ""
        if tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def submitted(page: str, action: str) -> dict[str, str]:
    reader = FormReader(action)
    reader.feed(page)
    assert reader.fields, f"no form for {action}"
    return reader.fields
