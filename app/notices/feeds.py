"""The public news as Atom (RFC 4287): only what everybody may see, with ids that never change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import current_app
from flask_babel import gettext as _

from app.language import language, localized
from app.notices.letters import address, happened
from app.reports.models import Report, ReportHistory

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: An empty feed was last changed when there was nothing yet.
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)
register_namespace("", ATOM)


def changed_at(rows: Sequence[tuple[ReportHistory, Report]]) -> datetime:
    return max((row.at for row, _report in rows), default=NOTHING_YET)


def feed(rows: Sequence[tuple[ReportHistory, Report]], *, own: str, page: str, title: str) -> bytes:
    """``own`` is the feed's own path with its query, ``page`` the path of the same for people."""
    root = Element(f"{{{ATOM}}}feed", {XML_LANG: language()})
    _put(root, "id", _tag(own))
    _put(root, "title", title)
    _put(root, "updated", _moment(changed_at(rows)))
    _put(root, "generator", "Kathimerina")
    _put(SubElement(root, f"{{{ATOM}}}author"), "name", _("Γραφείο Καθημερινότητας του Πολίτη"))
    _link(root, "self", address(own), "application/atom+xml")
    _link(root, "alternate", address(page), "text/html")
    for row, report in rows:
        _entry(root, row, report)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, row: ReportHistory, report: Report) -> None:
    happening = happened(row, report)
    entry = SubElement(root, f"{{{ATOM}}}entry")
    _put(entry, "id", _tag(f"/r/{report.reference}/{row.id}"))
    where = f" · {happening['where']}" if happening["where"] else ""
    _put(entry, "title", f"{happening['category']}{where}: {happening['status']}")
    _put(entry, "published", _moment(row.at))
    _put(entry, "updated", _moment(row.at))
    _link(entry, "alternate", happening["link"], "text/html")
    SubElement(entry, f"{{{ATOM}}}category", {"term": report.category.code, "label": localized(report.category)})
    words = [f"{happening['happened']}.", happening["said_words"]]
    if report.released_at is not None:
        words.append(report.description)
    _put(entry, "content", "\n\n".join(filter(None, words))).set("type", "text")


def _put(parent: Element, name: str, words: object) -> Element:
    child = SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = str(words)
    return child


def _link(parent: Element, rel: str, href: str, kind: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _tag(path: str) -> str:
    """A tag URI (RFC 4151): the same for ever, wherever the feed is read from."""
    return f"tag:{urlsplit(current_app.config['PUBLIC_URL']).hostname},2026:{path}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
