"""Usual writings and usual slips: the many ways of writing one name, brought to one.

``tidied`` works on a name as it came, the others on folded text. Only what holds for every name
stands here: how registers number and remark, how scans misread a form of organisation, how bureaus
and institutes are shortened, which characters transliterations change for others of the same sound.
"""

from __future__ import annotations

import re
from functools import cache

from registry.core.names.folding import fold, reading
from registry.core.names.vocabulary import words

_REMARKS = re.compile(
    r"[(（【〔\[](?:虚构|筹|筹建|本部|总部|(?:已|被)?(?:注销|吊销|停业|关闭|撤销)"
    r"|技改|技术改造|(?:资源)?整合|改?扩建|新建|在建|基建|停产|停建|整改"
    r"|[甲乙丙]方|发包方|承包方|总包|分包|(?:施工|建设|监理)单位|原告|被告人?|(?:申请|被)执行人"
    r"|(?:曾用名|原名|又名|别名|简称|以下简称|原)[:：]?[^)）】〕\]]+)[)）】〕\]]"
    r"|(?<=公司)[(（](?:自然人|法人|国有|一人|外国|外商|台港澳|港澳台|中外|非?上市|个人)"
    r"[^)）]{0,14}[)）]"
)
"""Remarks about a name that are not of it: its state, its part in a contract, its former name and,
behind 公司, the register's kind of company (自然人独资)."""
_ITEM = re.compile(r"^\s*(?:[0-9０-９]{1,3}(?:、|[.．]\s)|[(（][0-9０-９]{1,3}[)）]|[①-⑳])\s*")
"""The number of a line in a list."""
_SIGNS = re.compile(r"[#＃№Ⅰ-Ⅻ—–―－─ー-]|[Nn][Oo][.．]?\s*[0-9]|[IV](?=[号矿井区期])")
_NUMBERED = (
    (re.compile(r"([0-9０-９]+)\s*[#＃]号?"), r"\1号"),
    (re.compile(r"(?<![A-Za-z])(?:№|[Nn][Oo][.．]?|[#＃])\s*([0-9０-９]+)号?"), r"\1号"),
    (re.compile(r"第[—–―－─ー-](?![0-9])|(?<![0-9A-Za-z])[—–―－─ー](?=[号期标矿])"), "第一"),
)
"""2# and No.2 for 2号; a dash where a scan lost 一."""
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_ROMAN_LETTERS = re.compile(r"(?<![A-Za-z])[IV]+X?(?=[号矿井区期])")
_ROMAN_SIGNS = str.maketrans({chr(0x2160 + at): str(at + 1) for at in range(12)})


def without_remarks(name: str) -> str:
    """``name`` without remarks in brackets."""
    return _REMARKS.sub("", name)


def tidied(name: str) -> str:
    """``name`` as it came, without remarks and line numbers, its numbering in one writing."""
    bare = _ITEM.sub("", without_remarks(name)) or name
    if not _SIGNS.search(bare):
        return bare
    bare = _ROMAN_LETTERS.sub(lambda match: str(_ROMAN.get(match[0], match[0])), bare)
    bare = bare.translate(_ROMAN_SIGNS)
    for sign, number in _NUMBERED:
        bare = sign.sub(number, bare)
    return bare


_NEARLY = re.compile(
    r"(?:有.责任|.限责任|有限.任|有限责.|有限[责任]|有.|.限)公司|有限(?:责任)?(?:公.|.司)|有限(?:责任?)?公?$"
)
_FORMS = ("有限责任公司", "有限公司")


def with_form(text: str) -> str:
    """Folded ``text`` with its form mended where it is misread, misheard (有线公司) or cut off.

    One character may be wrong, and only for one of its sound or look: 有色公司 stays.
    """
    at = text.find("有限")
    if at > 2 and (shares := text[at - 2 : at]) != "股份" and ("股" in shares or "份" in shares):
        # Never before 公司 alone: 控股分公司 is a branch.
        text = text[: at - 2] + _nearest(shares, ("股份",)) + text[at:]
    if "有限公司" in text or "责任公司" in text or not ("限" in text or "公司" in text):
        return text
    return _NEARLY.sub(lambda match: _nearest(match[0], _FORMS), text)


def _nearest(found: str, forms: tuple[str, ...]) -> str:
    """The form that ``found`` begins, or is but for one slip; else ``found`` itself."""
    for form in forms:
        if form.startswith(found):
            return form
        if found in {form[:2] + lost + form[4:] for lost in form[2:4]}:
            return form  # 有限责公司
        wrong = [(a, b) for a, b in zip(found, form, strict=False) if a != b]
        if len(found) == len(form) and len(wrong) == 1 and is_slip(*wrong[0]):
            return form
    return found


def is_slip(one: str, other: str) -> bool:
    """Whether a character was probably written for the other: same sound, or alike to look at."""
    return any(one in group and other in group for group in words().look_alikes) or (
        reading(one) == reading(other)
    )


_SPELT = re.compile(
    r"(?:化学工程|核工业|中国煤炭)[0-9]|[0-9](?:工程局|航务|公路工程局|建筑|建设|冶金|中$|院$)|供销社|.财险|特检院|特种设备|科研[院所]"
    r"|科学(?:技术)?研究院|产品质量|疾病预防|中国石化|^中石[油化]|^中海油|^中[能电]建"
)
_USUAL = (
    (re.compile(r"(?:中国)?水利水电(?=[0-9]+工程局)"), "水电"),
    (re.compile(r"^(?:中国)?水电(?=[0-9]+(?:工程)?局)"), "水电"),
    (re.compile(r"^中国建筑(?=[0-9]+工程局)"), "中建"),
    (re.compile(r"^中国化学工程(?=[0-9])"), "中化"),
    (re.compile(r"^(?:中国)?核工业(?=[0-9])"), "中核"),
    (re.compile(r"^中国煤炭(?=[0-9])"), "中煤"),
    (re.compile(r"^中石油"), "中国石油天然气"),
    (re.compile(r"^(?:中石化(?!工)|中国石化)"), "中国石油化工"),
    (re.compile(r"^中海油(?![漆脂])"), "中国海洋石油"),
    (re.compile(r"^中能建(?![设筑])"), "中国能源建设"),
    (re.compile(r"^中电建(?![设筑])"), "中国电力建设"),
    (re.compile(r"(?<=[0-9])航务工程局"), "航局"),
    (re.compile(r"(?<=[0-9])公路工程局"), "公局"),
    (re.compile(r"(?<=[0-9])工程局"), "局"),
    (re.compile(r"(?<=[0-9])建筑(?:工程)?(?!设)"), "建"),
    (re.compile(r"(?<=[0-9])建设(?:工程)?(?=$|集团|有限|股份|责任|公司)"), "建"),
    (re.compile(r"(?<=[0-9])冶金(?:建设)?"), "冶"),
    (re.compile(r"(?<=[0-9])中$"), "中学"),
    (re.compile(r"(?<=[0-9])院$"), "医院"),
    (re.compile(r"供销社"), "供销合作社"),
    (re.compile(r"(?<=.)财险"), "财产保险"),
    (re.compile(r"特种设备(?:安全)?(?:监督|检验|检测){1,3}(?:技术)?(?:研究)?院"), "特检院"),
    (re.compile(r"安全(?:生产)?科学(?:技术)?研究院"), "安科院"),
    (re.compile(r"煤炭科学(?:技术)?研究院"), "煤科院"),
    (re.compile(r"环境(?:保护)?科学研究院"), "环科院"),
    (re.compile(r"产品质量(?:监督)?(?:检验|检测){1,2}(?:研究)?院"), "质检院"),
    (re.compile(r"疾病预防控制"), "疾控"),
    (re.compile(r"科研(?=[院所])"), "科学研究"),
)
"""How bodies are called: 水电八局 is 水利水电第八工程局, 四建 is 第四建筑工程."""


def expanded(text: str) -> str:
    """Short names of banks written out (农行 before a branch, 农商银行 anywhere), and of bureaus.

    City banks dropped 商业 from their names after 2005; 农村商业银行 is a kind of its own.
    """
    text = text.removeprefix("国营")
    if _MISSPELT.search(text):
        text = _MISSPELT.sub(lambda match: _WORDS[match[0]], text)
    if _SPELT.search(text):
        for writing, one in _USUAL:
            text = writing.sub(one, text)
    if "行" not in text and "信" not in text:
        return text
    if "商业银行" in text and "农村商业银行" not in text:
        return text.replace("商业银行", "银行", 1)
    for short, full in words().aliases.items():
        if text.startswith(short) or (len(short) > 2 and short in text and full not in text):
            return text.replace(short, full, 1)
    return text


_WORDS = {
    "家俱": "家具", "炮竹": "爆竹", "媒矿": "煤矿", "媒炭": "煤炭", "媒业": "煤业",
    "采石厂": "采石场", "井港工程": "井巷工程",
}  # fmt: skip
"""Words that are none but as usual slips for another."""
_MISSPELT = re.compile(f"(?<![传新全融多自])媒业|{'|'.join(w for w in _WORDS if w != '媒业')}")
_REGIONAL = re.compile(r"^([0-9]+)工程(?=$|集团|有限|股份|责任|公司)")


@cache
def _shortened() -> re.Pattern[str]:
    """Shortened trades, where a word ends: 物贸 of 万物贸易 is none."""
    known = words()
    behind = "|".join(known.shortened_before)
    mines = "|".join(known.works)
    listed = "|".join(sorted(known.shortened, key=len, reverse=True))
    return re.compile(f"(?<=.)(?:{listed})(?=$|[0-9]|{behind}|.{{2,5}}(?:{mines})$)")


def spelt_out(core: str, *, placed: bool) -> str:
    """Trades that are usually shortened, in full; never at the beginning, where a brand stands.

    ``placed``: a region stood before, so that 六建 and 第六工程 are one (the province's own).
    """
    if placed and core[:1].isdecimal():
        core = _REGIONAL.sub(r"\1建", core)
    return _shortened().sub(lambda match: words().shortened[match[0]], core)


@cache
def _sounds() -> dict[str, str]:
    """Characters of transliterations to the first of the same sound."""
    first: dict[str, str] = {}
    return {
        letter: first.setdefault(reading(alike[0]), letter)
        for alike in words().transliterations
        for letter in alike
    }


def by_sound(brand: str) -> str:
    """A transliterated brand (four characters or more, none with a sense) in one spelling.

    乌兰哈德 and 乌兰哈得, 艾森伯格 and 爱森伯格: only the sound was ever meant.
    """
    known = _sounds()
    if len(brand) < 4 or not all(letter in known for letter in brand):
        return brand
    return "".join(known[letter] for letter in brand)


def as_written(brand: str, folded: str) -> str:
    """``brand`` as the ``folded`` name spells it."""
    if brand in folded or len(brand) < 4:
        return brand
    spellings = (folded[at : at + len(brand)] for at in range(len(folded) - len(brand) + 1))
    return next((one for one in spellings if by_sound(one) == brand), brand)


def folded_bare(name: str) -> str:
    """The key of ``name`` without its remarks."""
    return fold(without_remarks(name))
