"""What no XML file may bring: a document type, and with it entities that grow or reach out."""

from __future__ import annotations

from lxml import etree

SENTENCE = 'DOCTYPE is disallowed when the feature "http://apache.org/xml/features/disallow-doctype-decl" set to true.'


class DoctypeError(ValueError):
    """The file has a document type."""

    def __init__(self, line: int) -> None:
        super().__init__(SENTENCE)
        self.line = line


def refuse_doctype(root: etree._Element, source: bytes) -> None:
    """Raises `DoctypeError`, with the line it stands in, as the vendor's parser refuses it."""
    if root.getroottree().docinfo.doctype:
        raise DoctypeError(source.partition(b"<!DOCTYPE")[0].count(b"\n") + 1)
