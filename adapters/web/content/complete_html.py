"""Refuses HTML of a plugin that would change the page around it."""

from html.parser import HTMLParser

VOID = frozenset(
    "area br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
FORBIDDEN = frozenset(
    "base body frame frameset head html meta noembed noframes plaintext title xmp".split()  # noqa: SIM905
)
"""Elements of a whole document, and those that swallow what follows them."""


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
        if tag in FORBIDDEN or (tag == "form" and "form" in self.open):
            raise IncompleteHtml(f"<{tag}> has no place here")
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

    def unknown_decl(self, data: str) -> None:
        raise IncompleteHtml(f"<![{data[:20]}…> has no place here")

    def handle_decl(self, decl: str) -> None:
        raise IncompleteHtml(f"<!{decl[:20]}…> has no place here")

    def handle_pi(self, data: str) -> None:
        raise IncompleteHtml(f"<?{data[:20]}…> has no place here")
