"""Which columns of a list hold names, codes and regions, and below which row the list begins.

Offices put a title, a date and grouped headings above their columns. A list whose columns are not
known is refused, never guessed at: the wrong column would make everybody clear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.names import anatomy, fold, is_identifier

HEADING_ROWS = 30
"""Rows from the top among which the titles are looked for."""
_NAMES = """
    供应商名称 企业名称 单位名称 公司名称 主体名称 机构名称 组织名称 法人名称
    法人单位名称 相对人名称 行政相对人名称 当事人名称 客户名称 投标人名称 投标单位名称
    中标人名称 中标单位名称 承包单位名称 施工单位名称 申请人名称 申请单位名称
    申请企业名称 纳税人名称 交易对手名称 合作单位名称 生产经营单位名称 矿山企业名称
    煤矿名称 矿山名称 企业全称 单位全称 公司全称 供应商全称 生产经营单位 供应商 投标人
    投标单位 中标人 中标单位 承包人 承包商 承包单位 施工单位 申请人 申请单位 申请企业
    对方单位 交易对手 合作单位 合作方 相对人 当事人 客户 企业 公司 全称 名称
    companyname suppliername vendorname entityname organizationname organisationname counterparty
    company supplier vendor entity organization organisation name
"""
_CODES = """
    统一社会信用代码 社会信用代码 统一信用代码 信用代码 统一代码 纳税人识别号
    税务登记号 税号 营业执照注册号 营业执照号 工商注册号 注册号
    unifiedsocialcreditcode creditcode uscc taxid taxpayerid code
"""
_REGIONS = "行政区划代码 行政区划 地区代码 region"
USUAL = {"name": _NAMES.split(), "code": _CODES.split(), "region": _REGIONS.split()}
"""Titles that are known, folded, the telling ones first: 名称 may be that of goods."""
_MARKUP = ("{", "[", "<")
"""How a line of JSON or of a web page begins, and no name."""
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True)
class Columns:
    """Places of the columns; ``name`` or ``code`` is known. ``heading``: rows down to and with the
    titles, 0 where the list has none."""

    name: int | None
    code: int | None
    heading: int
    region: int | None = None


def find_columns(
    top: Sequence[Sequence[str]], name: str = "", code: str = "", region: str = ""
) -> Columns:
    """The columns called ``name``, ``code`` and ``region``, or else by the usual titles.

    ``top`` are the first rows of the list. Titles may stand in two rows, groups above columns. A
    list of one column without a title is taken as names, or codes. Raises ``InvalidInput``.
    """
    own = {"name": name, "code": code, "region": region}
    given = [part for part, title in own.items() if title]
    best: dict[str, int] = {}
    wide = max(map(_filled, top), default=0) > 1
    for at, row in enumerate(top):
        if wide and _filled(row) == 1:
            continue  # a title over the table, whatever it says
        found = _places(row, own)
        deeper = _second(found, row, top[at + 1] if at + 1 < len(top) else (), own)
        if ("name" in deeper or "code" in deeper) and all(part in deeper for part in given):
            height = at + (1 if deeper is found else 2)
            return Columns(deeper.get("name"), deeper.get("code"), height, deeper.get("region"))
        best = best or deeper
    if missing := [part for part in given if part not in best]:
        raise InvalidInput({part: [N_("There is no column with this title.")] for part in missing})
    return _alone(top)


def is_list(top: Sequence[Sequence[str]]) -> bool:
    """Whether ``top`` has known titles, and a row below them."""
    try:
        found = find_columns(top)
    except InvalidInput:
        return False
    return 0 < found.heading < len(top)


def guess(top: Sequence[Sequence[str]]) -> Columns | None:
    """What the cells of a list without known titles look like: a proposal, for someone who sees
    the list; None where nothing looks like names or codes."""
    width = max((len(row) for row in top), default=0)
    columns = [[row[at].strip() if at < len(row) else "" for row in top] for at in range(width)]
    codes = [sum(map(is_identifier, cells)) for cells in columns]
    names = [sum(map(_is_name, cells)) for cells in columns]
    code = codes.index(max(codes)) if any(codes) else None
    name = names.index(max(names)) if any(names) else None
    if name is None and code is None:
        return None
    firsts = [columns[code][0]] if code is not None else []
    bare = any(map(is_identifier, firsts)) or (name is not None and _is_name(columns[name][0]))
    return Columns(name, code, 0 if bare else 1)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_name(cell: str) -> bool:
    return bool(anatomy(cell).legal_form)


def _alone(top: Sequence[Sequence[str]]) -> Columns:
    """A list of one column and no title."""
    filled = {at for row in top for at, cell in enumerate(row) if cell.strip()}
    if len(filled) != 1 or any(cell.lstrip().startswith(_MARKUP) for row in top for cell in row):
        message = N_(
            "No column of names or credit codes was recognised. Give the columns the titles"
            " “name” and “code”, or say how they are titled."
        )
        raise InvalidInput({"file": [message]})
    (place,) = filled
    return Columns(place, None, 0)


def _second(
    found: dict[str, int], row: Sequence[str], below: Sequence[str], own: dict[str, str]
) -> dict[str, int]:
    """The places where the row below ``row`` goes on with titles; else ``found`` itself."""
    if not found:
        return found
    under = {part: at for part, at in _places(below, own).items() if part not in found}
    goes_on = all(
        at >= len(below) or not below[at].strip() or fold(below[at]) == fold(row[at])
        for at in found.values()
    )
    return {**found, **under} if under and goes_on else found


def _places(row: Sequence[str], own: dict[str, str]) -> dict[str, int]:
    cells = [set(_writings(cell)) for cell in row]
    found: dict[str, int] = {}
    for part, usual in USUAL.items():
        for title in [fold(own[part])] if own[part] else usual:
            place = next((at for at, cell in enumerate(cells) if title in cell), None)
            if place is not None and place not in found.values():
                found[part] = place
                break
    return found


def _writings(cell: str) -> Iterator[str]:
    """A title as it stands, without remarks in brackets, and each of 信用代码/税号."""
    if len(cell) <= 60:
        yield fold(cell)
        yield fold(_REMARK.sub("", cell))
        yield from (fold(_REMARK.sub("", one)) for one in re.split(r"[/／或、|\n]", cell))
