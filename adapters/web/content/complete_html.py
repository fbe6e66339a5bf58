"""Refuses HTML of a plugin that would change the page around it."""

from html.parser import HTMLParser

VOID = frozenset(
    "area br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
FORBIDDEN = frozenset(
    "base body frame frameset head html meta noembed noframes plaintext title xmp".split()  # noqa: SIM905
)
"""Elements of a whole document, and those that swallow what follows them."""

RAW_TEXT = frozenset("iframe noscript script style textarea".split())  # noqa: SIM905
"""In browsers they have text alone: a tag in an attribute inside of them would end them."""


class IncompleteHtml(Exception):
    """The HTML has an element that is not closed, or that has no place in a part of a page."""


def check_complete(html: str, *, in_form: bool) -> None:
    """``in_form``: a form of the shop is around it, so it can have none.

    Raises:
        IncompleteHtml: the page around it would change.
    """
    check = _CompleteHtml(in_form=in_form)
    check.feed(html)
    if "<" in check.rawdata:
        raise IncompleteHtml("the HTML ends within a tag or a comment")
    check.close()
    if check.open:
        raise IncompleteHtml(f"<{check.open[-1]}> is not closed")


class _CompleteHtml(HTMLParser):
    def __init__(self, *, in_form: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = ["form"] if in_form else []
        self._around = len(self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        is_foreign = not {"svg", "math"}.isdisjoint(self.open)
        if tag in FORBIDDEN or (tag == "form" and "form" in self.open):
            raise IncompleteHtml(f"<{tag}> has no place here")
        if tag in RAW_TEXT and is_foreign:
            raise IncompleteHtml(f"<{tag}> has no place in a drawing")
        if not RAW_TEXT.isdisjoint(self.open) and "</" in (self.get_starttag_text() or ""):
            raise IncompleteHtml(f"<{tag}> in a text has a tag in an attribute")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """``<div/>`` opens an element in HTML. Only drawings have elements without an end."""
        self.handle_starttag(tag, attrs)
        if "svg" in self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) == self._around or self.open[-1] != tag:
            raise IncompleteHtml(f"</{tag}> closes no element")
        self.open.pop()

    def close(self) -> None:
        super().close()
        self.open = self.open[self._around :]

    def handle_data(self, data: str) -> None:
        """Browsers look for another end of a script after ``<!--``."""
        if "<!--" in data and self.open[-1:] == ["script"]:
            raise IncompleteHtml("a script has <!--")

    def handle_comment(self, data: str) -> None:
        """Browsers end some comments earlier or later than this parser."""
        is_plain = f"<!--{data}-->" in self.rawdata and "--" not in data
        if not is_plain or ">" in data or data.endswith("-"):
            raise IncompleteHtml("a comment has -- or >")

    def unknown_decl(self, data: str) -> None:
        raise IncompleteHtml(f"<![{data[:20]}…> has no place here")

    def handle_decl(self, decl: str) -> None:
        raise IncompleteHtml(f"<!{decl[:20]}…> has no place here")

    def handle_pi(self, data: str) -> None:
        raise IncompleteHtml(f"<?{data[:20]}…> has no place here")
