"""A fictional register of any size, the same one each time: for benchmarks.

No such bodies exist: region 99 is in no list, organisation codes begin "XY".
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from registry.core.clock import publish_until
from registry.core.codes.public_id import CROCKFORD
from registry.core.names.creditcode import credit_check, organization_check
from registry.public.gazette.payloads import ListingPayload, Subject
from registry.public.gazette.queries import Record
from registry.public.search.documents import IndexDocument, document

TODAY = date(2026, 11, 20)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLACES = _words("虚岭 空谷 无影 回音 静水 云台 石梦 幻海 雾川 镜湖 白梦 玄洲 浮城 沉沙 望虚 落星")
_BRANDS = (
    "安宝昌诚川春达德鼎东发丰福富港高光广海航和恒弘宏华辉汇吉佳嘉坚建江金锦晋京晶景久聚凯康科"
    "兰朗乐力利联良林龙隆茂美民明铭宁鹏平普启千强庆泉仁荣瑞润三森山尚升盛胜时世顺四泰腾天通同"
    "万旺伟文西祥新信兴星雄旭亚扬阳耀业一亿益银永友裕元远悦云运泽展长兆振正志中众卓子宗"
)
TRADES = _words(
    "煤业 矿业 煤矿 铁矿 铜矿 采石场 洗选 矿山工程 爆破工程 露天矿 石料 选矿 "
    "尾矿库管理 能源 安全评价 矿山设备 地质勘查 建材"
)
_FORMS = _words("有限公司 有限责任公司 股份有限公司 集团有限公司 有限公司分公司")
_FINDINGS = _words(
    "未取得安全生产许可证擅自组织生产 瞒报生产安全事故并伪造破坏现场 "
    "超能力超强度组织采掘作业 通风系统不完善仍继续作业 瓦斯超限未停电撤人 "
    "井下使用国家明令淘汰的设备 安全监控系统传感器被人为遮挡 以探代采越界开采 "
    "尾矿库干滩长度不足未采取措施 特种作业人员未持证上岗 隐蔽工作面未如实上图 "
    "未按规定编制应急预案并组织演练 边坡存在滑坡迹象未治理 停产整顿期间擅自组织生产 "
    "出具虚假安全评价报告 拒不执行行政处罚决定"
)
_RESULTS = _words(
    "造成三人死亡二人受伤 造成较大生产安全事故 存在重大事故隐患 "
    "造成直接经济损失一千余万元 经责令改正逾期未改正 情节严重影响恶劣"
)
_DECISIONS = _words(
    "责令停产整顿并处罚款 暂扣安全生产许可证 列入安全生产严重失信主体名单管理三年 "
    "依法吊销有关许可证照 对主要负责人处以上一年年收入百分之六十的罚款"
)
GROUNDS = tuple(f"G6-{n}" for n in range(1, 6)) + tuple(f"G7-{n}" for n in range(1, 5))
LISTS = ("work-safety", "work-safety", "work-safety", "legacy-2017", "local")


@dataclass(frozen=True, slots=True)
class Body:
    """A fictional body: prefix 99 is no region, and organisation codes begin "XY"."""

    name: str
    brand: str
    code: str
    region: str
    authority: str


def body(number: int, seed: int = 0) -> Body:
    """The body with this number; always the same one."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - fiction, not a secret
    place = chance.choice(PLACES)
    brand = "".join(chance.choices(_BRANDS, k=chance.choice((2, 2, 2, 3))))
    trade, form = chance.choice(TRADES), chance.choice(_FORMS)
    region = f"99{chance.randint(1, 20):02}{chance.randint(21, 80):02}"
    serial = f"XY{number % 1_000_000:06}"
    organization = serial + organization_check(serial)
    code = f"91{region}{organization}"
    name = f"演示省{place}县{brand}{trade}{form}"
    authority = f"{place}县样例应急管理局"
    return Body(name, brand, code + credit_check(code), region, authority)


def record(number: int, seed: int = 0) -> Record:
    """The published listing with this number; always the same one."""
    chance = random.Random(f"{seed}:{number}:record")  # noqa: S311
    of = body(number, seed)
    day = date(2023, 10, 1) + timedelta(days=chance.randrange(1100))
    subject: Subject = {
        "kind": "enterprise",
        "name": of.name,
        "code": of.code,
        "address": f"演示省{of.authority[:3]}{chance.randint(1, 300)}号",
        "region": of.region,
    }
    if number % 10 == 0:
        former = f"{of.brand}{chance.choice(TRADES)}有限公司"
        subject["former_names"] = [{"name": former, "until": "2020-12-31"}]
    until = TODAY + timedelta(days=chance.randrange(1, 1000))
    payload: ListingPayload = {
        "list": chance.choice(LISTS),
        "ground": chance.choice(GROUNDS),
        "subject": subject,
        "authority": {"name": of.authority},
        "decision": {
            "number": f"(演)应急失信〔{day.year}〕{number}号",
            "date": day.isoformat(),
            "text": _decision(chance, of),
        },
        "term": {"since": day.isoformat(), "until": until.isoformat()},
        "status": "in-force",
        "published_on": day.isoformat(),
    }
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Record(
        id=public_id(number),
        kind="listing",
        sequence=number + 1,
        payload=dict(payload),
        publish_until=publish_until(until),
        effective=at,
        published=at,
        updated=at,
    )


def public_id(number: int) -> str:
    digits = ""
    mixed = number * 0x9E3779B97F4A7C15 % (1 << 50)
    for _ in range(10):
        mixed, digit = divmod(mixed, 32)
        digits += CROCKFORD[digit]
    return f"L-{digits}"


def _decision(chance: random.Random, of: Body) -> str:
    """Some 100 characters."""
    first, second = chance.sample(_FINDINGS, 2)
    return (
        f"经查,该单位于{chance.randint(2021, 2026)}年{chance.randint(1, 12)}月{first},且{second},"
        f"{chance.choice(_RESULTS)}。依据《安全生产法》第{chance.randint(90, 114)}条和"
        f"《安全生产严重失信主体名单管理办法》第{chance.choice('六七')}条,{of.authority}决定:"
        f"{chance.choice(_DECISIONS)}。"
    )


def corpus(size: int, seed: int = 0, *, first: int = 0) -> Iterator[IndexDocument]:
    """``size`` documents from number ``first`` on."""
    for number in range(first, first + size):
        found = document(record(number, seed))
        if found is not None:
            yield found


def documents(size: int, first: int) -> list[IndexDocument]:
    """As ``corpus``, all at once."""
    return list(corpus(size, first=first))
