"""How fast a search engine is on a fictional register, and the register itself.

Reference record: a name of 14 characters, a decision of 100 characters, ten fields. Reference
mix: 50 % names, 20 % codes, 20 % two or three common words of decisions, 10 % filters. Every
query asks what a result page asks: a page of ids, the count, and all facets.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from registry.core.clock import publish_until
from registry.core.codes.public_id import CROCKFORD
from registry.core.names import initials, pinyin
from registry.core.names.creditcode import credit_check, organization_check
from registry.public.gazette.payloads import ListingPayload, Subject
from registry.public.gazette.queries import Record
from registry.public.search.documents import FACETS, IndexDocument, document
from registry.public.search.engine import SearchIndex, open_index
from registry.public.search.parsing import parse_query
from registry.public.search.query import And, Filter, Query

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_DAY = date(2026, 11, 20)
_PLACES = "虚岭 空谷 无影 回音 静水 云台 石梦 幻海 雾川 镜湖 白梦 玄洲 浮城 沉沙 望虚 落星".split()
_BRANDS = (
    "安宝昌诚川春达德鼎东发丰福富港高光广海航和恒弘宏华辉汇吉佳嘉坚建江金锦晋京晶景久聚凯康科"
    "兰朗乐力利联良林龙隆茂美民明铭宁鹏平普启千强庆泉仁荣瑞润三森山尚升盛胜时世顺四泰腾天通同"
    "万旺伟文西祥新信兴星雄旭亚扬阳耀业一亿益银永友裕元远悦云运泽展长兆振正志中众卓子宗"
)
_TRADES = (
    "煤业 矿业 煤矿 铁矿 铜矿 采石场 洗选 矿山工程 爆破工程 露天矿 石料 选矿 尾矿库管理 能源 "
    "安全评价 矿山设备 地质勘查 建材"
).split()
_FORMS = "有限公司 有限责任公司 股份有限公司 集团有限公司 有限公司分公司".split()
_FINDINGS = (
    "未取得安全生产许可证擅自组织生产 瞒报生产安全事故并伪造破坏现场 超能力超强度组织采掘作业 "
    "通风系统不完善仍继续作业 瓦斯超限未停电撤人 井下使用国家明令淘汰的设备 "
    "安全监控系统传感器被人为遮挡 以探代采越界开采 尾矿库干滩长度不足未采取措施 "
    "特种作业人员未持证上岗 隐蔽工作面未如实上图 未按规定编制应急预案并组织演练 "
    "边坡存在滑坡迹象未治理 停产整顿期间擅自组织生产 出具虚假安全评价报告 拒不执行行政处罚决定"
).split()
_RESULTS = (
    "造成三人死亡二人受伤 造成较大生产安全事故 存在重大事故隐患 造成直接经济损失一千余万元 "
    "经责令改正逾期未改正 情节严重影响恶劣"
).split()
_DECISIONS = (
    "责令停产整顿并处罚款 暂扣安全生产许可证 列入安全生产严重失信主体名单管理三年 "
    "依法吊销有关许可证照 对主要负责人处以上一年年收入百分之六十的罚款"
).split()
_WORDS = (
    "事故 瞒报 安全生产 停产整顿 许可证 罚款 重大事故隐患 瓦斯 超能力 传感器 尾矿库 评价报告 "
    "死亡 逾期 擅自组织生产 主要负责人 通风系统 特种作业 伪造 越界开采"
).split()
_GROUNDS = tuple(f"G6-{n}" for n in range(1, 6)) + tuple(f"G7-{n}" for n in range(1, 5))
_LISTS = ("work-safety", "work-safety", "work-safety", "legacy-2017", "local")


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
    place = chance.choice(_PLACES)
    brand = "".join(chance.choices(_BRANDS, k=chance.choice((2, 2, 2, 3))))
    trade, form = chance.choice(_TRADES), chance.choice(_FORMS)
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
        former = f"{of.brand}{chance.choice(_TRADES)}有限公司"
        subject["former_names"] = [{"name": former, "until": "2020-12-31"}]
    until = _DAY + timedelta(days=chance.randrange(1, 1000))
    payload: ListingPayload = {
        "list": chance.choice(_LISTS),
        "ground": chance.choice(_GROUNDS),
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
        id=_id(number),
        kind="listing",
        sequence=number + 1,
        payload=dict(payload),
        publish_until=publish_until(until),
        effective=at,
        published=at,
        updated=at,
    )


def _id(number: int) -> str:
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


def prepared(size: int, first: int) -> list[IndexDocument]:
    """As ``corpus``, all at once."""
    return list(corpus(size, first=first))


def queries(size: int, number: int, seed: int = 1) -> list[tuple[str, Query]]:
    """``number`` queries of the reference mix over a corpus of ``size``, with their class."""
    chance = random.Random(seed)  # noqa: S311
    makers: list[Callable[[random.Random, int], Query]] = [_by_name] * 5
    makers += [_by_code] * 2 + [_by_words] * 2 + [_filtered]
    found = []
    for index in range(number):
        maker = makers[index % len(makers)]
        found.append((maker.__name__.strip("_"), maker(chance, size)))
    chance.shuffle(found)
    return found


def _by_name(chance: random.Random, size: int) -> Query:
    of = body(chance.randrange(size))
    core = of.name[of.name.index("县") + 1 :]
    choices = (
        of.name, of.name, of.brand, core, core[:4], f"{of.name[3:6]} {of.brand}",
        pinyin(of.brand), initials(core[:6]),
    )  # fmt: skip
    return parse_query(chance.choice(choices))


def _by_code(chance: random.Random, size: int) -> Query:
    code = body(chance.randrange(size)).code
    return parse_query(chance.choice((code, code, code[:12])))


def _by_words(chance: random.Random, _size: int) -> Query:
    return parse_query(" ".join(chance.sample(_WORDS, chance.choice((2, 2, 3)))))


def _filtered(chance: random.Random, size: int) -> Query:
    facet, values = chance.choice((
        ("ground", _GROUNDS), ("list", _LISTS), ("region", (body(chance.randrange(size)).region,)),
    ))  # fmt: skip
    words = parse_query(chance.choice(("", "煤业", "事故", chance.choice(_PLACES))))
    return And((words, Filter(facet, (chance.choice(values),))))


@dataclass(frozen=True, slots=True)
class Build:
    """``seconds`` from documents to a committed index."""

    size: int
    processes: int
    seconds: float
    bytes_on_disk: int

    @property
    def per_second(self) -> float:
        return self.size / self.seconds


@dataclass(frozen=True, slots=True)
class Searches:
    """Milliseconds over a query mix; ``by_class`` holds ``(median, p95)``."""

    number: int
    median: float
    p95: float
    worst: float
    by_class: dict[str, tuple[float, float]]
    update_seconds: float
    compact_seconds: float
    peak_memory: int
    """Bytes of resident memory of this process at its highest."""


def build(
    size: int, directory: Path, *, engine: str = "whoosh", processes: int = 2
) -> tuple[SearchIndex, Build]:
    """Index the corpus. The time that its invention takes is measured and left out."""
    share = -(-size // processes)
    parts = [(min(share, size - first), first) for first in range(0, size, share)]
    started = time.perf_counter()
    for one in prepared(*parts[0]):
        del one
    invention = time.perf_counter() - started
    sources = [partial(prepared, count, first) for count, first in parts]
    index = open_index(engine, directory)
    started = time.perf_counter()
    index.rebuild(sources, size, processes=processes)
    seconds = time.perf_counter() - started - invention
    used = sum(path.stat().st_size for path in directory.iterdir())
    return index, Build(size, processes, seconds, used)


def measure(index: SearchIndex, size: int, number: int = 400, *, seed: int = 1) -> Searches:
    """Answer the query mix once to warm up with other queries, then once with the clock on."""
    for _, query in queries(size, 50, seed + 1):
        answer(index, query)
    times: dict[str, list[float]] = {}
    for name, query in queries(size, number, seed):
        started = time.perf_counter()
        answer(index, query)
        times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    every = sorted(one for found in times.values() for one in found)
    update = _timed(lambda: _update(index, [document(record(size + 1))], size))
    index.remove([_id(7)])
    index.commit(size)
    return Searches(
        number=number,
        median=statistics.median(every),
        p95=_percentile(every, 0.95),
        worst=every[-1],
        by_class={
            name: (statistics.median(found), _percentile(sorted(found), 0.95))
            for name, found in sorted(times.items())
        },
        update_seconds=update,
        compact_seconds=_timed(index.compact),
        peak_memory=_peak_memory(),
    )


def answer(index: SearchIndex, query: Query) -> int:
    """What a result page needs of the engine."""
    index.find(query, NOW, limit=20)
    index.facets(query, FACETS, NOW)
    return index.count(query, NOW)


def _update(index: SearchIndex, documents: Iterable[IndexDocument | None], position: int) -> None:
    index.put(one for one in documents if one is not None)
    index.commit(position)
    index.size()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _peak_memory() -> int:
    import resource  # noqa: PLC0415 - POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run(size: int = 100_000, *, engine: str = "whoosh", processes: int = 2) -> tuple[Build, Searches]:
    """Build and measure in a directory of its own."""
    directory = Path(tempfile.mkdtemp(prefix="registry-search-"))
    try:
        index, built = build(size, directory, engine=engine, processes=processes)
        searches = measure(index, size)
        index.close()
        return built, searches
    finally:
        shutil.rmtree(directory, ignore_errors=True)
