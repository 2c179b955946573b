"""How one name is written otherwise, and how another body's name comes near to it, by kind.

Each kind makes of an invented or a real name its variant, or nothing where the name has not what
the kind changes. What is made of a name's parts needs them; the rest works on any name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import opencc

from admin.benchmarks.invented import Invented, brand_letter
from registry.core.codes.regions import region, region_path
from registry.core.names import pinyin
from registry.core.names.anatomy import take_apart
from registry.core.names.regions_in_names import stem_of

Made = str | None
Variant = Callable[[Invented, random.Random], Made]
_TO_TRADITIONAL = opencc.OpenCC("s2t")
_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))
_FORMAL = dict(zip("一二三四五六七八九", "壹贰叁肆伍陆柒捌玖", strict=True))
_VARIANTS = {"矿": "鑛", "峰": "峯", "群": "羣", "台": "臺", "杰": "傑", "药": "葯", "升": "昇"}
_SOUNDS = {"设": "社", "技": "计", "工": "公", "业": "叶", "程": "成", "备": "被", "理": "里"}
_LOOKS = {"技": "枝", "设": "没", "末": "未", "采": "釆", "材": "村", "物": "勿", "工": "土"}
_PROVINCES = ("山西", "山东", "河南", "河北", "湖南", "湖北", "江西", "江苏", "广东", "四川")


def _whole(of: Invented, **changed: str) -> str:
    parts = ("region", "brand", "number", "trade", "form")
    return "".join(changed.get(part, getattr(of, part)) for part in parts)


def traditional(of: Invented, _: random.Random) -> Made:
    return str(_TO_TRADITIONAL.convert(of.name))


def full_width(of: Invented, _: random.Random) -> Made:
    return of.name.translate({a: a + 0xFEE0 for a in range(0x21, 0x7F)}).replace(" ", "　")


def variant_characters(of: Invented, _: random.Random) -> Made:
    made = "".join(_VARIANTS.get(c, c) for c in of.name)
    return made if made != of.name else None


def spaces(of: Invented, chance: random.Random) -> Made:
    at = chance.randrange(1, len(of.name))
    return f" {of.name[:at]} {of.name[at:]}　"


def brackets(of: Invented, _: random.Random) -> Made:
    stem = _stem(of)
    return f"{of.brand}{of.number}（{stem}）{of.trade}{of.form}" if stem else None


def region_missing(of: Invented, _: random.Random) -> Made:
    return _whole(of, region="") if of.region else None


def region_bare(of: Invented, _: random.Random) -> Made:
    stem = _stem(of)
    return _whole(of, region=stem) if stem and stem != of.region else None


def region_full(of: Invented, _: random.Random) -> Made:
    path = [item.zh for code in region_path(of.place.code) if (item := region(code))]
    written = "".join(dict.fromkeys(path))
    return _whole(of, region=written) if written != of.region else None


def region_moved(of: Invented, _: random.Random) -> Made:
    stem = _stem(of)
    return f"{of.brand}{of.number}{stem}{of.trade}{of.form}" if stem else None


def form_missing(of: Invented, _: random.Random) -> Made:
    return _whole(of, form="") if of.form.endswith("公司") else None


def form_other(of: Invented, _: random.Random) -> Made:
    others = {"有限公司": "有限责任公司", "有限责任公司": "有限公司", "股份有限公司": "股份公司"}
    return _whole(of, form=others[of.form]) if of.form in others else None


def group_added(of: Invented, _: random.Random) -> Made:
    return _whole(of, form="集团有限公司") if of.form == "有限公司" else None


def branch_added(of: Invented, _: random.Random) -> Made:
    return f"{of.name}第一分公司" if of.form == "有限公司" else None


def brand_and_trade(of: Invented, _: random.Random) -> Made:
    return f"{of.brand}{of.number}{of.trade}"


def brand_only(of: Invented, _: random.Random) -> Made:
    return None if of.number else of.brand


def region_brand(of: Invented, _: random.Random) -> Made:
    return None if of.number else f"{_stem(of)}{of.brand}"


def trade_cut(of: Invented, _: random.Random) -> Made:
    return _whole(of, trade=of.trade[:2], form="") if len(of.trade) >= 4 else None


def numerals_arabic(of: Invented, _: random.Random) -> Made:
    return _numbered(of, _DIGITS)


def numerals_formal(of: Invented, _: random.Random) -> Made:
    return _numbered(of, _FORMAL)


def remark(of: Invented, _: random.Random) -> Made:
    return f"{of.name}（已注销）"


def typo_sound(of: Invented, chance: random.Random) -> Made:
    """One character of the trade for another of the same sound."""
    return _slip(of, chance, _SOUNDS)


def typo_look(of: Invented, chance: random.Random) -> Made:
    """One character of the trade for another that looks alike."""
    return _slip(of, chance, _LOOKS)


def in_pinyin(of: Invented, _: random.Random) -> Made:
    """For recall at a low threshold only: sound alone never reaches the default one."""
    return pinyin(of.name)


SAME: Mapping[str, Variant] = {
    "traditional characters": traditional,
    "full width": full_width,
    "variant characters": variant_characters,
    "spaces": spaces,
    "region in brackets": brackets,
    "region missing": region_missing,
    "region without 省/市/县": region_bare,
    "region with all levels": region_full,
    "region moved behind the brand": region_moved,
    "form missing": form_missing,
    "form in other words": form_other,
    "集团 added": group_added,
    "分公司 added": branch_added,
    "brand and trade only": brand_and_trade,
    "region and brand only": region_brand,
    "brand only": brand_only,
    "trade cut short": trade_cut,
    "numerals in digits": numerals_arabic,
    "numerals in formal writing": numerals_formal,
    "remark behind": remark,
    "slip of sound in the trade": typo_sound,
    "slip of look in the trade": typo_look,
}
"""The same body, written otherwise."""


def other_letter(of: Invented, chance: random.Random) -> Made:
    at = chance.randrange(len(of.brand))
    letter = brand_letter(chance)
    if letter == of.brand[at] or sorted(of.brand) == sorted(of.brand[:at] + letter):
        return None
    return _whole(of, brand=of.brand[:at] + letter + of.brand[at + 1 :])


def letter_more(of: Invented, chance: random.Random) -> Made:
    """华银润丰 for 华润丰: a letter within the brand."""
    if len(of.brand) < 2:
        return None
    at = chance.randrange(1, len(of.brand))
    return _whole(of, brand=of.brand[:at] + brand_letter(chance) + of.brand[at:])


def other_number(of: Invented, chance: random.Random) -> Made:
    if not of.number:
        return None
    number = chance.choice([d for d in _DIGITS if d != of.number[0]])
    return _whole(of, number=f"{number}号")


def number_dropped(of: Invented, _: random.Random) -> Made:
    return _whole(of, number="") if of.number else None


def other_province(of: Invented, chance: random.Random) -> Made:
    mine = take_apart(of.name).provinces
    some = [name for name in _PROVINCES if not take_apart(f"{name}范本有限公司").provinces & mine]
    return _whole(of, region=chance.choice(some)) if mine else None


def other_trade(of: Invented, chance: random.Random) -> Made:
    some = ("煤业", "食品", "证券", "医药", "房地产开发", "物流", "软件", "服饰")
    return _whole(of, trade=chance.choice([t for t in some if t not in of.trade]))


def other_kind(of: Invented, _: random.Random) -> Made:
    return _whole(of, form="合伙企业(有限合伙)") if of.form.endswith("公司") else None


NEAR: Mapping[str, Variant] = {
    "another letter in the brand": other_letter,
    "a letter more within the brand": letter_more,
    "another numeral": other_number,
    "numeral dropped": number_dropped,
    "another province": other_province,
    "sister of another trade": other_trade,
    "partnership of the same name": other_kind,
}
"""Another body that comes near."""


def _stem(of: Invented) -> str:
    return stem_of(of.place)


def _numbered(of: Invented, writing: Mapping[str, str]) -> Made:
    return _whole(of, number=writing[of.number[0]] + of.number[1:]) if of.number else None


def _slip(of: Invented, chance: random.Random, slips: Mapping[str, str]) -> Made:
    places = [at for at, letter in enumerate(of.trade) if letter in slips]
    if not places:
        return None
    at = chance.choice(places)
    return _whole(of, trade=of.trade[:at] + slips[of.trade[at]] + of.trade[at + 1 :])
