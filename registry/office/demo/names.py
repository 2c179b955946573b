"""Fictional organizations in quantity: composed from word lists, the same at every start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from registry.office.demo.codes import credit_code, resident_id

REGIONS = {
    "990121": "虚岭县",
    "990122": "空谷县",
    "990123": "无影县",
    "990124": "回音县",
    "990125": "静水县",
    "990221": "云台县",
    "990222": "石梦县",
}
BRANDS_FIRST = "虚拟样例测试演练幻影云梦镜花水月星河浮光萤火雾松霁雪青岚"
BRANDS_SECOND = "岭山岩峰谷源泰和盛达通元丰宏远嘉诚润恒瑞兴隆顺安"
TRADES = {
    "煤业": "coal",
    "煤矿": "coal",
    "矿业": "non-coal",
    "铁矿": "non-coal",
    "石材": "non-coal",
    "采石场": "non-coal",
    "尾矿库管理": "non-coal",
    "有色金属矿业": "non-coal",
    "井巷工程": "non-coal",
    "爆破工程": "non-coal",
    "烟花爆竹": "other",
    "化工": "other",
    "危险化学品储运": "other",
    "安全评价": "agency",
    "矿用设备检测": "agency",
}
SURNAMES = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Firm:
    """A fictional enterprise and its principal."""

    name: str
    code: str
    region: str
    address: str
    sector: str
    principal: str
    principal_document: str


def firms(count: int, *, first_serial: int = 100, seed: int = 7) -> Iterator[Firm]:
    """``count`` firms with distinct names and codes."""
    random = Random(seed)  # noqa: S311 - fiction, not secrecy
    seen: set[str] = set()
    while len(seen) < count:
        region, county = random.choice(list(REGIONS.items()))
        brand = random.choice(BRANDS_FIRST) + random.choice(BRANDS_SECOND)
        trade, sector = random.choice(list(TRADES.items()))
        form = "有限责任公司" if random.random() < 0.2 else "有限公司"
        name = f"演示省{county}{brand}{trade}{form}(虚构)"
        if name in seen:
            continue
        seen.add(name)
        serial = first_serial + len(seen)
        yield Firm(
            name=name,
            code=credit_code("91", region, serial),
            region=region,
            address=f"演示省{county}样例路{random.randint(1, 300)}号",
            sector=sector,
            principal=f"{random.choice(SURNAMES)}样例",
            principal_document=resident_id(region, serial),
        )
