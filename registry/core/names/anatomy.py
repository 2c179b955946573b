"""A body's name taken apart: region, brand (字号), trade, legal form, branch.

An enterprise's name is region, brand, trade or feature of operation, and form of organisation
(企业名称登记管理规定, Order 734, art. 6); a branch adds its own words behind its parent's name
(art. 13). The split works on the folded name by word lists (``words.yaml``) and the regions of
GB/T 2260. It is a reading, not a fact: who compares parts keeps the whole in view.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from registry.core.names.folding import fold, has_han, is_settled
from registry.core.names.latin import behind_group, foreign_words
from registry.core.names.regions_in_names import Place, place_at, places, together
from registry.core.names.vocabulary import words
from registry.core.names.writings import (
    by_sound,
    expanded,
    folded_bare,
    spelt_out,
    tidied,
    with_form,
    without_remarks,
)

_BRACKETS = re.compile(r"[(\[【〔<《]([^()\[\]【】〔〕<>《》]*)[)\]】〕>》]")
_BRACKET = re.compile(r"[(\[【〔<《（［〈＜]")
_MARKS = re.compile(r"^(?:s?\*?st|xd|xr|dr)(?=[^a-z])|(?<=[^a-z0-9])(?:a|b|u|w|uw)$")
PROVINCE_SHORT = {
    "北京": "京", "天津": "津", "河北": "冀", "山西": "晋", "内蒙古": "蒙", "辽宁": "辽",
    "吉林": "吉", "黑龙江": "黑", "上海": "沪", "江苏": "苏", "浙江": "浙", "安徽": "皖",
    "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫", "湖北": "鄂", "湖南": "湘",
    "广东": "粤", "广西": "桂", "海南": "琼", "重庆": "渝", "四川": "川", "贵州": "黔",
    "云南": "滇", "西藏": "藏", "陕西": "陕", "甘肃": "甘", "青海": "青", "宁夏": "宁",
    "新疆": "新", "香港": "港", "澳门": "澳", "台湾": "台", "广州": "穗", "深圳": "深",
}  # fmt: skip
"""Official one-character names of provinces, and two of cities that names use as well."""
_NUMBER = re.compile(
    r"第[零一二三四五六七八九十百]+|第(?=[0-9])"
    r"|(?!百)[零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]+"
    r"(?=[号局处矿井坑厂队区期公分煤冶建航化]|大队|[中小院](?:$|学))"
    r"|[零一二三四五六七八九]{3,}"
)
"""Numbers that count bodies: behind 第, before what is counted, or three digits said one by one."""
_DIGITS = dict(zip("零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0123456789123456789", strict=True))
_ONE = (1,)
_EMPTY: frozenset[str] = frozenset()
_HAN_DIGITS = re.compile("[第零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]")
_NUMERALS = re.compile(
    r"[0-9]+|[甲乙丙丁](?=[矿井厂])|[东西南北](?=[矿井坑](?![山业产石用务建大]))"
)


class NameAnatomy(NamedTuple):
    """The parts of a name, folded; what the name lacks is empty.

    ``region`` are the regions named, without 省, 市 and the like, 中国 among them; ``provinces``
    the two-digit codes they may lie in, ``exact`` the stem and code of those written with
    their kind (吉林市 is not 吉林省). ``group`` are words such as 集团. ``branch`` is what stands
    behind the parent's own name. ``numerals`` tell sister bodies apart (一局, 二号井), in Arabic
    writing, and stand in ``brand`` or ``trade`` too; those of a branch stand in ``branch``
    and, of a mine or plant, here too.
    A ``foreign`` name has no Chinese character: only ``folded``, ``legal_form``, ``words``,
    ``numerals``, ``group`` and, of what stands behind Group, ``branch`` are filled.
    """

    folded: str
    region: tuple[str, ...] = ()
    provinces: frozenset[str] = frozenset()
    brand: str = ""
    trade: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    legal_form: str = ""
    branch: str = ""
    numerals: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    foreign: bool = False
    exact: frozenset[tuple[str, str]] = frozenset()

    @property
    def core(self) -> str:
        """Brand and trade in one."""
        return self.brand + "".join(self.trade)

    @property
    def behind_group(self) -> str:
        """What stands behind 集团, without the form: the name of a group's member, or nothing."""
        _, group, behind = self.folded.removesuffix(self.legal_form).rpartition("集团")
        return behind if group else ""


@lru_cache(maxsize=8192)
def anatomy(name: str) -> NameAnatomy:
    """``take_apart``, remembered for the names asked last."""
    return take_apart(name)


def take_apart(name: str) -> NameAnatomy:
    """The parts of ``name``. Never fails: what is not understood is brand."""
    bracketed: list[Place] = []
    if is_settled(name):
        folded = text = name
    else:
        bare = tidied(name) if has_han(name) else without_remarks(name)
        folded = text = fold(bare)
        if _BRACKET.search(bare):
            text, bracketed = _lift_brackets(bare)
        if not has_han(folded):
            return _foreign(name, folded)
    head, branch, form = _split_branch(expanded(_arabic(with_form(text))))
    core, regions = _lift_regions(head, bracketed)
    core, groups, form = _strip_form(spelt_out(core, placed=bool(regions)), form)
    if not core and regions:
        core = regions[-1].stem
        regions = regions[:-1]
    core, inner_groups = _lift_groups(core)
    brand, trade = _split_trade(core)
    brand = by_sound(brand)
    core = brand + "".join(trade)
    place = together(regions)
    return NameAnatomy(
        folded=folded,
        region=place.stems,
        provinces=place.provinces,
        exact=place.exact,
        brand=brand,
        trade=trade,
        group=tuple(sorted({*groups, *inner_groups})) if groups or inner_groups else (),
        legal_form=form,
        branch=branch,
        numerals=tuple(_NUMERALS.findall(core + branch if is_works(branch) else core)),
    )


def with_branch(name: NameAnatomy, branch: str) -> NameAnatomy | None:
    """``name`` read as a parent's own name without its form, and ``branch`` at its end, or None.

    Without the form nothing parts the two (样例化工石门沟分公司); who knows the branch does.
    """
    whole = name.core + name.legal_form
    own = whole.removesuffix(branch)
    if name.branch or name.foreign or own == whole or not own:
        return None
    brand, trade = _split_trade(own)
    counted = "".join((brand, *trade, branch if is_works(branch) else ""))
    return name._replace(
        brand=brand,
        trade=trade,
        legal_form="",
        branch=branch,
        numerals=tuple(_NUMERALS.findall(counted)),
    )


def core_name(name: str) -> str:
    """What of ``name`` is worth indexing: folded, without legal form and words such as 集团.

    ``演示省虚岭县样例煤矿有限公司`` gives ``演示省虚岭县样例煤矿``. Nothing is rewritten, so that a
    part of a name finds it. Never empty for a name that has letters.
    """
    folded = folded_bare(name)
    if not has_han(folded):
        return "".join(word for word in foreign_words(name)) or folded
    head, branch, form = _split_branch(folded)
    core, _, _ = _strip_form(head, form)
    return core + branch or folded


def _lift_brackets(name: str) -> tuple[str, list[Place]]:
    """The folded name without bracketed regions, and these; other brackets stay inline."""
    known = places()
    lifted: list[Place] = []

    def inline(match: re.Match[str]) -> str:
        inner = fold(match[1])
        place = known.get(inner)
        if place is None:
            return inner
        lifted.append(place)
        return ""

    return fold(_BRACKETS.sub(inline, unicodedata.normalize("NFKC", name))), lifted


def _arabic(text: str) -> str:
    """Counting numerals in Arabic writing (第三 and 三号, but not 三一)."""
    if not _HAN_DIGITS.search(text):
        return text
    return _NUMBER.sub(lambda match: _number(match[0].removeprefix("第")), text)


def _number(han: str) -> str:
    """二十三, 一百零二 and 二零一 in digits."""
    han = han.replace("拾", "十")
    if not set(han) & {"十", "百"}:
        return "".join(_DIGITS[c] for c in han)
    total, digit = 0, 1
    for character in han:
        if character in "百十":
            total += digit * (100 if character == "百" else 10)
            digit = 0
        elif character != "零":
            digit = int(_DIGITS[character])
    ends_in_digit = han[-1] not in "百十零"
    return str(total + (digit if ends_in_digit else 0))


def is_works(branch: str) -> bool:
    """Whether a part of a body is one that works, and is licensed, by itself: a mine, a plant."""
    return branch.endswith(words().works)


def works_of(text: str) -> str:
    """The word for a mine or plant that ``text`` ends in (煤矿), or nothing."""
    return next((word for word in words().works if text.endswith(word)), "")


def _split_works(text: str) -> tuple[str, str, str]:
    """A mine or plant behind its company's whole name, or behind 集团."""
    known = words()
    inside = known.form_inside.search(text)
    rest = text[inside.end() :] if inside else ""
    if inside and inside.start() > 0 and (len(rest) > 2 or rest[:1].isdigit()):
        return text[: inside.start()], rest, inside[0]
    at = text.find("集团", 2)
    if at > 0 and not inside and len(text) - at > 4:
        return text[: at + 2], text[at + 2 :], ""
    return text, "", ""


def _split_branch(text: str) -> tuple[str, str, str]:
    """The parent's name, the branch's own words and the parent's form where it stood inside."""
    known = words()
    if text.endswith(known.works):
        return _split_works(text)
    if not text.endswith(known.branches):
        return text, "", ""
    head = known.heads.search(text)
    inside = known.form_inside.search(text)
    if head and (not inside or head.end() <= inside.start()):
        form = known.form_inside.match(text, head.end())
        end = form.end() if form else head.end()
        if end < len(text):
            return text[: head.end()], text[end:], form[0] if form else ""
        return text, "", ""
    if inside and inside.end() < len(text) and not text.endswith("分公司", 0, inside.end()):
        return text[: inside.start()], text[inside.end() :], inside[0]
    return _split_at_place(text) if not inside or inside.end() == len(text) else (text, "", "")


_PLACED = re.compile(r"(?:分公司|办事处|项目部|营业部)$")


def _split_at_place(text: str) -> tuple[str, str, str]:
    """A branch behind a name without a form: 样例化工洛阳分公司."""
    end = _PLACED.search(text)
    for length in (4, 3, 2) if end else ():
        start = end.start() - length if end else 0
        if start > 2 and text[start : start + length] in places():
            return text[:start], text[start:], ""
    return text, "", ""


_TOWN = re.compile(r"[^省市县区镇乡村]{2,3}[镇乡](?=.{3})")
"""A township, which mines and quarries bear behind their county."""


def _lift_regions(head: str, bracketed: list[Place]) -> tuple[str, list[Place]]:
    """Takes the leading regions off; what they leave behind is at least one character."""
    found: list[Place] = []
    provinces: frozenset[str] = frozenset()
    position = 0
    while hit := place_at(head, position, provinces):
        writing, place = hit
        position += len(writing)
        found.append(place)
        provinces |= place.provinces
    if provinces and (town := _TOWN.match(head, position)):
        rest = head[town.end() :]
        if not is_trade(_split_trade(rest)[0]):
            found.append(Place(town[0][:-1], frozenset(), leads=False))
            position = town.end()
    return head[position:], [*found, *bracketed]


def _strip_form(core: str, form: str) -> tuple[str, list[str], str]:
    """Takes forms and group words off the end, as many as there are."""
    groups: list[str] = []
    forms = [form] if form else []
    while found := _ending(core):
        ending, is_form = found
        core = core[: -len(ending)]
        (forms if is_form else groups).append(ending)
    return core, groups, "".join(reversed(forms))


def _ending(core: str) -> tuple[str, bool] | None:
    """The form or group word that ``core`` ends in; a group word alone is a name."""
    for found in words().endings.get(core[-1:], ()):
        if core.endswith(found[0]) and (found[1] or len(core) > len(found[0])):
            return found
    return None


def _lift_groups(core: str) -> tuple[str, list[str]]:
    found = [word for word in ("集团", "控股") if core.find(word, 1) > 0]
    for word in found:
        core = core[0] + core[1:].replace(word, "", 1)
    return core, found


def _split_trade(core: str) -> tuple[str, tuple[str, ...]]:
    """Brand and trade words: the longest tail of ``core`` that the word list covers.

    A core made of trade words only keeps its first one as brand (石油 of 石油化工).
    """
    known = words()
    trades, lengths_at = known.trades, known.trade_lengths
    size = len(core)
    # best[i]: fewest words that cover core[i:], None where the list cannot.
    best: list[tuple[str, ...] | None] = [None] * size + [()]
    first = size
    for start in range(size - 1, -1, -1):
        if start + known.longest_trade < first:
            break
        for length in lengths_at.get(core[start : start + 2], _ONE):
            end = start + length
            rest = best[end] if end <= size else None
            if rest is None or (word := core[start:end]) not in trades:
                continue
            current = best[start]
            if current is None or len(rest) + 1 < len(current):
                best[start] = (word, *rest)
                first = start
    trade = best[first] or ()
    if first == 0 and trade:
        return trade[0], trade[1:]
    return core[:first], trade


def may_be_person(name: NameAnatomy) -> bool:
    """Whether a name in other letters has nothing that only names of bodies have."""
    return not name.legal_form and words().foreign_trades.isdisjoint(name.words)


def without_marks(text: str) -> str:
    """Folded ``text`` without what stock exchanges put before and behind short names (ST, A)."""
    return _MARKS.sub("", text) or text


def ends_as_registered(name: NameAnatomy) -> bool:
    """Whether the trade ends in what stands for a form of organisation: 采石场, 医院, 煤矿."""
    return bool(name.trade) and name.trade[-1].endswith(words().establishments)


def is_institute(word: str) -> bool:
    """Whether ``word`` ends in what names a body beside a company of its trade: 研究院, 学校."""
    return word.endswith(words().institutes)


def kin(word: str) -> str:
    """One word for all trade words that name the same trade."""
    return words().kin.get(word, word)


def is_trade(word: str) -> bool:
    """Whether ``word`` is one that says what a body does, not who it is."""
    return word in words().trades


def is_generic(word: str) -> bool:
    """Whether a trade word may end any trade and tells no sister bodies apart: 工程, 服务."""
    return word in words().generic


def _foreign(name: str, folded: str) -> NameAnatomy:
    spoken_words = foreign_words(name)
    forms = words().foreign_forms
    spoken = [fold(part) for part in re.split(r"[\W_]+", unicodedata.normalize("NFKC", name))]
    return NameAnatomy(
        folded=folded,
        words=spoken_words,
        legal_form=" ".join(part for part in spoken if part in forms),
        numerals=tuple(re.findall(r"[0-9]+", " ".join(spoken_words))),
        foreign=True,
        group=("group",) if "group" in spoken else (),
        branch=behind_group(name),
    )
