"""HTML of a plugin that would change the page around it is refused."""

import pytest

from adapters.web.content.complete_html import IncompleteHtml, check_complete

COMPLETE = (
    "",
    "text &amp; more < 3",
    "<p>a<br>b<img src='x'/></p>",
    "<ul><li><b>a</b></li></ul><!-- a note -->",
    '<svg viewBox="0 0 1 1"><path d="M0 0"/><circle r="1"/></svg>',
    "<form method='post'><input name='a'></form>",
    '<script type="module" src="/static/plugins/x/y.js"></script>',
    "<details open><summary>a</summary></details>",
    "<a title='</div>'>a</a>",
    "<textarea>a &lt;/textarea&gt;</textarea><noscript><p>a</p></noscript>",
    "<script>if (1 < 2) {}</script>",
)
INCOMPLETE = (
    "<div>",
    "</div>",
    "</form>",
    "<div></form></div>",
    "<b><i></b></i>",
    "<div/>",
    "<!-- open",
    "<p title='open",
    "<p",
    "<textarea>",
    "<script>",
    "<style>p {",
    "<plaintext>",
    "<base href='https://elsewhere.example'></base>",
    "<body></body>",
    "<meta http-equiv='refresh' content='0'>",
    "<title></title>",
    "<![CDATA[ x ]]>",
    "<!DOCTYPE html>",
    "<form><form></form></form>",
    # What a browser reads in another way than the parser of the check.
    "<!--></div><form action='https://elsewhere.example'>-->",
    "<!---></div>-->",
    "<!-- --!></div>-->",
    "<!-- -- ></div><!-- -->",
    "</ div>",
    "<script><!--<script></script>",
    "<textarea><a title='</textarea></div>'></a></textarea>",
    "<noscript><a title='</noscript></div>'></a></noscript>",
    "<svg><style><a title='</style></svg>'></style></svg>",
)


@pytest.mark.parametrize("html", COMPLETE)
def test_complete_html_is_accepted(html: str) -> None:
    check_complete(html, in_form=False)


@pytest.mark.parametrize("html", INCOMPLETE)
def test_incomplete_html_is_refused(html: str) -> None:
    with pytest.raises(IncompleteHtml):
        check_complete(html, in_form=False)


def test_inside_a_form_of_the_shop_there_is_no_other_form() -> None:
    check_complete("<p><button>a</button></p>", in_form=True)
    for html in ("<form></form>", "</form>", "</form><form>", "<p></form></p>"):
        with pytest.raises(IncompleteHtml):
            check_complete(html, in_form=True)
