"""Renders the table of contents of a bundle as HTML."""

import html
from collections.abc import Sequence

from adapters.bundles.section import ManifestEntry
from ports.bundles import Contents


def page_of(contents: Contents, files: Sequence[ManifestEntry]) -> bytes:
    rows = "".join(
        f"<tr><td><a href='{html.escape(each.path)}'>{html.escape(each.path)}</a></td>"
        f"<td>{'' if each.records is None else each.records}</td></tr>"
        for each in files
    )
    purposes = "".join(
        f"<tr><td>{html.escape(each['name'])}</td><td>{html.escape(each['basis'])}</td>"
        f"<td>{html.escape(each['retention'])}</td></tr>"
        for each in contents.information.get("purposes", ())
    )
    return (
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>个人信息副本 · Your data"
        "</title><h1>个人信息副本 · Your data</h1>"
        f"<p>{html.escape(contents.request)} · {contents.made_at:%Y-%m-%d %H:%M} UTC</p>"
        f"<table><tr><th>文件 · File</th><th>记录 · Records</th></tr>{rows}</table>"
        "<h2>目的 · Purposes</h2><table><tr><th>目的 · Purpose</th><th>依据 · Basis</th>"
        f"<th>保存期限 · Kept</th></tr>{purposes}</table></html>"
    ).encode()
