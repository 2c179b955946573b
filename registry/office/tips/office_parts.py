"""XML parts of office files without authors, revision marks, comments' names or outside links."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_NAMES = re.compile(r"(?:^|\})(?:author|initials|lastModifiedBy|creator|userId|providerId)$")
_MARKS = re.compile(r"(?:^|\})(?:rsid\w*|date)$")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_KEPT_RELATIONS = ("word/", "xl/")


def scrubbed(content: bytes, name: str) -> bytes:
    """The part without what tells who wrote it. Raises ``ValueError`` for one with a DTD."""
    if _DOCTYPE.search(content[:4096]):
        raise ValueError(name)
    for prefix, address in _namespaces(content).items():
        ElementTree.register_namespace(prefix, address)
    root = ElementTree.fromstring(content)  # noqa: S314 - no DTD, hence no entities
    for element in root.iter():
        for key in list(element.attrib):
            if _NAMES.search(key):
                element.set(key, "")
            elif _MARKS.search(key):
                del element.attrib[key]
        if _NAMES.search(element.tag) and element.text:
            element.text = ""
    if name.endswith(".rels"):
        _inside_only(root)
    if name == "[content_types].xml":
        _known_parts(root)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _namespaces(content: bytes) -> dict[str, str]:
    """Prefixes as the part has them; Office relies on some by name (``mc:Ignorable``)."""
    found = re.findall(rb'xmlns:(\w+)="([^"]+)"', content[:20_000])
    return {
        prefix.decode(): address.decode()
        for prefix, address in found
        if not re.fullmatch(rb"ns\d+", prefix)
    }


def _inside_only(root: ElementTree.Element) -> None:
    """Relations to the outside, and to parts that were left behind, go."""
    for relation in list(root):
        target = relation.get("Target", "").lower()
        away = relation.get("TargetMode") == "External"
        if away or any(word in target for word in ("docprops", "customxml", "embeddings", "vba")):
            root.remove(relation)


def _known_parts(root: ElementTree.Element) -> None:
    for entry in list(root):
        part = entry.get("PartName", "").lower().lstrip("/")
        if part and not part.startswith(_KEPT_RELATIONS):
            root.remove(entry)
