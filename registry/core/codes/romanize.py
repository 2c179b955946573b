"""Makes ``regions.csv``: names of GB/T 2260 regions in English beside the Chinese.

Run by hand when the sources publish a new list; nothing imports it at run time::

    python -m registry.core.codes.romanize LCN/data/data.json GB2260/lib > regions.csv

Provinces carry their official English names, the rest pinyin (GB/T 16159 word spacing, with the
apostrophe) and the kind of unit in English; places named in Mongolian, Uyghur or Tibetan their
usual romanisation as far as ``PLACES`` lists it.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from pypinyin import lazy_pinyin

PROVINCES = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia",
    "21": "Liaoning", "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu",
    "33": "Zhejiang", "34": "Anhui", "35": "Fujian", "36": "Jiangxi", "37": "Shandong",
    "41": "Henan", "42": "Hubei", "43": "Hunan", "44": "Guangdong", "45": "Guangxi",
    "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou", "53": "Yunnan",
    "54": "Xizang (Tibet)", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
PROVINCE_KINDS = {
    "特别行政区": "{} Special Administrative Region",
    "维吾尔自治区": "{} Uygur Autonomous Region",
    "壮族自治区": "{} Zhuang Autonomous Region",
    "回族自治区": "{} Hui Autonomous Region",
    "自治区": "{} Autonomous Region",
    "省": "{} Province",
    "市": "{} Municipality",
}
KINDS = {
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "矿区": "Mining District",
    "林区": "Forestry District",
    "特区": "Special District",
    "地区": "Prefecture",
    "新区": "New District",
    "市": "City",
    "县": "County",
    "区": "District",
    "旗": "Banner",
    "盟": "League",
}
PEOPLES = {
    "蒙古": "Mongol", "回": "Hui", "藏": "Tibetan", "维吾尔": "Uygur", "苗": "Miao", "彝": "Yi",
    "壮": "Zhuang", "布依": "Bouyei", "朝鲜": "Korean", "满": "Manchu", "侗": "Dong", "瑶": "Yao",
    "白": "Bai", "土家": "Tujia", "哈尼": "Hani", "哈萨克": "Kazakh", "傣": "Dai", "黎": "Li",
    "傈僳": "Lisu", "佤": "Va", "畲": "She", "拉祜": "Lahu", "水": "Sui", "东乡": "Dongxiang",
    "纳西": "Naxi", "景颇": "Jingpo", "柯尔克孜": "Kirgiz", "土": "Tu", "达斡尔": "Daur",
    "仫佬": "Mulao", "羌": "Qiang", "布朗": "Blang", "撒拉": "Salar", "毛南": "Maonan",
    "仡佬": "Gelao", "锡伯": "Xibe", "普米": "Pumi", "塔吉克": "Tajik", "怒": "Nu",
    "鄂温克": "Ewenki", "鄂伦春": "Oroqen", "保安": "Bonan", "裕固": "Yugur", "独龙": "Derung",
    "各": "Various Nationalities",
}  # fmt: skip
PLACES = {
    "呼和浩特": "Hohhot", "包头": "Baotou", "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulunbuir",
    "巴彦淖尔": "Bayannur", "乌兰察布": "Ulanqab", "兴安": "Hinggan", "锡林郭勒": "Xilingol",
    "阿拉善": "Alxa", "锡林浩特": "Xilinhot", "二连浩特": "Erenhot", "满洲里": "Manzhouli",
    "大兴安岭": "Da Hinggan Ling",
    "霍林郭勒": "Holingol", "准格尔": "Jungar", "乌鲁木齐": "Urumqi", "克拉玛依": "Karamay",
    "吐鲁番": "Turpan", "哈密": "Hami", "昌吉": "Changji", "博尔塔拉": "Bortala",
    "巴音郭楞": "Bayingolin", "阿克苏": "Aksu", "克孜勒苏": "Kizilsu", "喀什": "Kashgar",
    "和田": "Hotan", "伊犁": "Ili", "阿勒泰": "Altay", "库尔勒": "Korla", "库车": "Kuqa",
    "阿图什": "Artux", "莎车": "Yarkant", "石河子": "Shihezi", "鄯善": "Shanshan",
    "拉萨": "Lhasa", "日喀则": "Xigaze", "昌都": "Qamdo", "林芝": "Nyingchi", "那曲": "Nagqu",
    "阿里": "Ngari", "阿坝": "Aba", "甘孜": "Garze", "甘南": "Gannan", "迪庆": "Diqing",
    "香格里拉": "Shangri-La", "果洛": "Golog", "玉树": "Yushu", "海西": "Haixi",
    "格尔木": "Golmud", "德令哈": "Delingha", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar",
    "佳木斯": "Jiamusi", "西双版纳": "Xishuangbanna",
    "乐清": "Yueqing", "六安": "Lu'an", "六合": "Luhe", "台州": "Taizhou", "丽水": "Lishui",
    "铅山": "Yanshan", "东阿": "Dong'e", "莘县": "Shenxian", "单县": "Shanxian",
    "浚县": "Xunxian", "蔚县": "Yuxian", "乐亭": "Laoting", "乐陵": "Laoling", "大城": "Daicheng",
    "井陉": "Jingxing", "涡阳": "Guoyang", "枞阳": "Zongyang", "繁峙": "Fanshi",
    "洪洞": "Hongtong", "监利": "Jianli", "尉犁": "Yuli", "尉氏": "Weishi", "番禺": "Panyu",
    "东莞": "Dongguan", "大埔": "Dabu", "什邡": "Shifang", "犍为": "Qianwei", "筠连": "Junlian",
    "荥经": "Yingjing", "荥阳": "Xingyang", "中牟": "Zhongmu", "泌阳": "Biyang", "长子": "Zhangzi",
    "长垣": "Changyuan", "宕昌": "Tanchang", "句容": "Jurong", "牟平": "Muping",
    "牟定": "Mouding", "渑池": "Mianchi", "吴堡": "Wubu", "柞水": "Zhashui", "盱眙": "Xuyi",
    "会稽": "Kuaiji", "硚口": "Qiaokou", "浍": "Hui", "歙县": "Shexian", "黟县": "Yixian",
    "柏乡": "Baixiang", "陕州": "Shanzhou", "瓦房店": "Wafangdian", "珲春": "Hunchun",
    "桦甸": "Huadian", "穆棱": "Muling", "厦门": "Xiamen", "蚌埠": "Bengbu", "阆中": "Langzhong",
    "綦江": "Qijiang", "闵行": "Minhang", "曾都": "Zengdu", "覃塘": "Qintang", "漯河": "Luohe",
    "泊头": "Botou", "浪卡子": "Nagarze", "会泽": "Huize", "冠县": "Guanxian",
    "莫力达瓦": "Morin Dawa", "前郭尔罗斯": "Qian Gorlos", "杜尔伯特": "Dorbod",
    "喀喇沁左翼": "Harqin Left Wing", "巴里坤": "Barkol", "木垒": "Mori",
    "塔什库尔干": "Taxkorgan", "察布查尔": "Qapqal", "和布克赛尔": "Hoboksar",
    "阿克塞": "Aksay", "和林格尔": "Horinger", "阿鲁科尔沁": "Ar Horqin",
    "克什克腾": "Hexigten", "阿拉善左": "Alxa Left", "阿拉善右": "Alxa Right",
    "阿尔山": "Arxan", "阿瓦提": "Awat", "阿克陶": "Akto", "阿合奇": "Akqi",
    "麦盖提": "Makit", "阿拉尔": "Aral", "土默特左": "Tumed Left", "土默特右": "Tumed Right",
    "科尔沁左翼中": "Horqin Left Middle", "科尔沁左翼后": "Horqin Left Rear",
    "科尔沁右翼前": "Horqin Right Front", "科尔沁右翼中": "Horqin Right Middle",
}  # fmt: skip
IN_PLACES = {
    "长": "chang", "都": "du", "乐": "le", "什": "shi", "会": "hui", "石": "shi", "朝": "chao",
}  # fmt: skip
"""Readings that these characters have in almost all place names; the others stand in PLACES."""


def english(code: str, zh: str) -> str:
    """The English name of the region ``code``, called ``zh``."""
    if code.endswith("0000"):
        for ending, pattern in PROVINCE_KINDS.items():
            if zh.endswith(ending):
                return pattern.format(PROVINCES[code[:2]])
    for ending, kind in KINDS.items():
        if ending == "林区" and zh != "神农架林区":
            continue
        stem = zh.removesuffix(ending)
        if stem != zh and stem:
            return _unit(zh, stem, kind)
    return _place(zh)


def _unit(zh: str, stem: str, kind: str) -> str:
    if len(stem) == 1 and kind in {"County", "District", "Banner", "City"}:
        stem = zh if kind != "City" else stem
    if stem.removesuffix("族") in PEOPLES and kind.startswith("Autonomous"):
        return f"{PEOPLES[stem.removesuffix('族')]} {kind}"
    if kind.startswith("Autonomous"):
        stem, peoples = _peoples(stem)
        kind = f"{_joined(peoples)} {kind}" if peoples else kind
    return f"{_place(stem)} {kind}"


def _peoples(stem: str) -> tuple[str, list[str]]:
    """Splits the nationalities off the end of an autonomous unit's name."""
    found: list[str] = []
    while True:
        for zh in sorted(PEOPLES, key=len, reverse=True):
            for ending in (f"{zh}族", zh):
                # Names such as 白沙黎族: a bare ending may be the place itself.
                if (
                    stem.endswith(ending)
                    and len(stem) > len(ending)
                    and (ending.endswith("族") or len(zh) > 1)
                ):
                    stem = stem[: -len(ending)]
                    found.insert(0, PEOPLES[zh])
                    break
            else:
                continue
            break
        else:
            return stem, found


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _place(zh: str) -> str:
    if zh in PLACES:
        return PLACES[zh]
    read = zip(zh, lazy_pinyin(zh), strict=True)
    syllables = [IN_PLACES.get(c, s).replace("lv", "lü").replace("nv", "nü") for c, s in read]
    word = syllables[0]
    for syllable in syllables[1:]:
        word += ("'" if syllable[0] in "aeo" else "") + syllable
    return word[:1].upper() + word[1:]


def _placeholder(zh: str) -> bool:
    """Rows that only hold a place in the numbering and are no region."""
    return zh in {"市辖区", "县", "市"} or zh.startswith(("省直辖", "自治区直辖"))


def _rows(current: Path, history: Path) -> dict[str, tuple[str, str]]:
    """Code to (name, year of the last list that had it; empty for today's)."""
    rows: dict[str, tuple[str, str]] = {}
    for path in sorted(history.glob("20*.json")):
        for code, zh in json.loads(path.read_text(encoding="utf-8")).items():
            if not _placeholder(zh):
                rows[code] = (zh, path.stem[:4])
    for item in json.loads(current.read_text(encoding="utf-8")):
        if not _placeholder(item["name"]):
            rows[item["code"]] = (item["name"], "")
    return rows


def main(current: Path, history: Path) -> None:
    """Writes the table to standard output, sorted by code."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["code", "zh", "en", "last_listed"])
    for code, (zh, last) in sorted(_rows(current, history).items()):
        writer.writerow([code, zh, english(code, zh), last])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
