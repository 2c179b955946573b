"""Invented names of enterprises, built as the law has them built: region, brand, trade, form.

Regions are real, brands are drawn at random from characters that brands are made of, the commoner
ones more often, so that they crowd as real ones do. Always the same ones for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from registry.core.codes.regions import Region, all_regions


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMON = (
    "华中国金天大新鑫海东盛泰安德源润丰恒宏瑞信达通兴龙科荣和美创联博利康信佳顺隆正元景嘉永合万"
    "成富凯益祥昌亚星明宇阳远航力诚众汇云智腾飞鸿骏晟锦鼎旭辉翔宝聚广福同庆江山水河湖林森木"
)
_RARER = (
    "爱奥百邦保北贝本必秉渤采彩灿昶超朝晨承城驰赤楚川传春慈丹淡道登帝典蝶栋都多尔帆方芳菲枫峰凤孚"
    "甘高格耿功冠光桂桄国哈翰行豪浩禾衡弘虹厚虎花环焕皇慧霍基吉纪佶济佼健健建捷杰今津进京晶精竞"
    "静九久菊巨君俊开朗浩可克坤蓝乐雷黎立丽莲良亮林麟灵凌柳鲁路陆绿洛马迈满茂梅盟米妙民铭牧慕纳"
    "南能宁农欧派潘鹏品平朴齐奇启千乾强乔钦青清琼秋全泉确然仁日融儒睿若赛三色尚少深神升生胜圣"
    "诗石时士世仕首舒双思松穗太唐桃特铁庭同桐途拓望威唯维伟卫文沃五西希夏先贤显湘翔向晓欣秀轩"
    "雅言炎燕业一伊怡亿艺逸毅银英盈颖优友有余玉育誉裕毓御悦越泽哲珍振之芷致中忠洲洲卓紫宗祖尊"
)
_TRADES = _split("""
    煤业 矿业 煤矿 铁矿 铜矿 采石场 洗选煤 矿山工程 爆破工程 露天矿 石料 能源 能源科技 安全评价
    安全技术 矿山设备 地质勘查 建材 建筑工程 建设工程 市政工程 装饰工程 机电设备 机械制造 化工
    化工科技 精细化工 石油化工 物流 运输 供应链管理 贸易 商贸 国际贸易 实业 实业发展 投资
    投资管理 投资发展 资产管理 股权投资 科技 科技发展 信息技术 网络科技 电子科技 智能科技
    生物科技 医药 药业 医疗器械 食品 农业科技 农业发展 房地产开发 置业 物业管理 新材料 新能源
    环保科技 环境工程 电力工程 电气 自动化设备 检测技术 工程咨询 企业管理咨询 文化传媒 教育科技
    人力资源 劳务 融资担保 小额贷款 汽车销售 汽车零部件 纺织 服饰 家具 包装材料
""")
_FORMS = ("有限公司",) * 60 + ("有限责任公司",) * 15 + ("股份有限公司",) * 15 + (
    "集团有限公司", "集团股份有限公司", "控股有限公司", "厂", "农民专业合作社",
    "合伙企业(有限合伙)",
)  # fmt: skip


class Invented(NamedTuple):
    """A name by its parts. ``region`` is as written (山西省, 太原市, 山西)."""

    region: str
    place: Region
    brand: str
    number: str
    trade: str
    form: str

    @property
    def name(self) -> str:
        return f"{self.region}{self.brand}{self.number}{self.trade}{self.form}"


@cache
def _places() -> tuple[list[Region], list[Region]]:
    every = [item for item in all_regions() if not item.code.startswith("99")]
    leading = [item for item in every if item.level != "county"]
    return leading, [item for item in every if item.level == "county" and item.zh[-1] in "县市"]


def brand_letter(chance: random.Random) -> str:
    """A character as brands are made of."""
    return chance.choice(_COMMON + _RARER)


def invented(chance: random.Random) -> Invented:
    """One name."""
    leading, counties = _places()
    place = chance.choice(counties if chance.random() < 0.25 else leading)
    bare = place.zh.removesuffix("省").removesuffix("市")
    short = len(bare) > 1 and place.zh[-1] in "省市" and chance.random() < 0.6
    letters = _COMMON if chance.random() < 0.55 else _COMMON + _RARER * 2
    brand = "".join(chance.choices(letters, k=chance.choices((2, 3, 4), (70, 20, 10))[0]))
    trade = chance.choice(_TRADES)
    mine = trade in {"煤矿", "铁矿", "铜矿"} and chance.random() < 0.6
    number = f"{chance.choice('一二三四五六七八九')}号" if mine else ""
    form = "" if trade == "采石场" else chance.choice(_FORMS)
    return Invented(bare if short else place.zh, place, brand, number, trade, form)


def several(count: int, seed: int = 0) -> Iterator[Invented]:
    """``count`` names, no two alike."""
    chance = random.Random(seed)  # noqa: S311 - inventions, not secrets
    seen: set[str] = set()
    while len(seen) < count:
        one = invented(chance)
        if one.name not in seen:
            seen.add(one.name)
            yield one
