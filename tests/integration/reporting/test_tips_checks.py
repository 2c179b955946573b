"""The checks drawn from the failures of other whistle-blowing systems, as far as the public side
goes. Each stands with what it concerns, by its number; ``tests/repo`` looks that none is missing.
"""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path
from typing import get_type_hints

import pytest
from public_site_kit import put
from tip_house import FORM, TEXT, House, receipt_of, upload
from typing_extensions import is_typeddict

from public_site.intake.gate import Gate
from public_site.intake.uploads import Desk, Limits, SealingRequest
from registry.public.gazette import log, payloads
from registry.public.inbox import blobs, queries
from registry.public.inbox.receipt import new_receipt
from registry.public.mailbox import queries as mailboxes

pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).parents[3]
CHAIN_COLUMNS = {"number", "day", "envelope_sha256", "entry_sha256"}


def test_check_01_nothing_the_browser_keeps_reveals_the_receipt(house: House) -> None:
    """No cookie (the house asserts it on every answer); a token cannot be read; no address."""
    answer = house.post("/tips/new", house.fill())
    code = receipt_of(answer)
    house.carry()
    page = house.track(code)
    for token in (house.token(answer), house.token(page)):
        raw = base64.urlsafe_b64decode(token)
        for form in (code, code.replace("-", "")):
            assert form.encode() not in raw
            assert form not in token
    for html in house.pages:
        assert not re.search(r'(?:href|action|title)="[^"]*' + code[:4], html)
        assert code[:9] not in html.partition("</title>")[0]


def test_check_02_many_open_forms_lock_nobody_out(house: House) -> None:
    for _ in range(40):
        assert house.get("/tips/new").status_code == 200
    assert house.report()


def test_check_05_a_form_without_our_token_or_from_elsewhere_does_nothing(house: House) -> None:
    house.pass_time(seconds=10)
    assert house.post("/tips/new", {**FORM, "action": "send"}).status_code == 422
    for path in ("/tips/new", "/tips/track", "/rewards"):
        refused = house.post(path, house.fill(), headers={"Sec-Fetch-Site": "cross-site"})
        assert refused.status_code == 400
    assert (
        house.post("/tips/track", {"receipt": new_receipt(), "action": "open"}).status_code == 422
    )
    with house.intake.read() as session:
        assert queries.waiting(session) == 0


def test_check_09_no_unescaped_text_no_script_nothing_from_elsewhere(house: House) -> None:
    """``check_page`` looks at every answer for scripts and foreign sources. What a browser says
    it has sealed already counts for nothing: there is no such field."""
    evil = '<script>alert(1)</script><img src="//evil.example/x">'
    shown = house.post("/tips/new", house.fill(action="find", text=evil, subject=evil))
    assert "<script>" not in shown.text
    assert "&lt;script&gt;" in shown.text
    for name, text in templates():
        assert not re.search(r"\|\s*safe|autoescape|https?://", text), name
    house.report(encrypted="1", sealed="true", envelope="aGVsbG8=")
    (tip,) = house.carry()
    assert house.open(tip)["text"] == TEXT


def test_check_10_no_captcha_of_anybody(house: House) -> None:
    """What keeps machines out asks nothing of people and nobody elsewhere."""
    page = house.get("/tips/new").text
    assert not re.search("captcha|turnstile|验证码", page, re.IGNORECASE)
    for name, text in templates():
        assert not re.search("captcha|turnstile", text, re.IGNORECASE), name
    policy = house.get("/tips/new").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert not re.search(r"https?:", policy)


def templates() -> list[tuple[str, str]]:
    folder = ROOT / "public_site/templates/public"
    names = ("tips_new", "tips_receipt", "tips_noted", "tips_track", "rewards", "intake_chain")
    return [(name, (folder / f"{name}.html").read_text(encoding="utf-8")) for name in names]


def test_check_12_ids_are_random(house: House) -> None:
    for number in range(3):
        house.report(text=f"{TEXT}{number}", files=[upload("a", b"x")])
    tips = house.carry()
    ids = [tip.tip_id for tip in tips] + [one.file_id for tip in tips for one in tip.files]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
    assert len({one[:8] for one in ids}) == 6


def test_check_13_the_server_decides_and_drops_what_it_does_not_know(house: House) -> None:
    """A browser cannot route a report, name its keys, or nest what is flat."""
    nested = {"others." * 40 + "name": "x", "subject[name]": "y", "__proto__": "z"}
    claims = {"authority": "evil", "tip_id": "0" * 32, "channel": "hotline", "files": "x"}
    unit = {"unit_code": "91990121XY00000126", "region_code": "140100"}
    house.report(**nested, **claims, **unit)
    (tip,) = house.carry()
    facts = house.open(tip)
    assert (tip.authority, tip.category) == ("11990121XY00000A64", "T2")
    assert tip.tip_id != "0" * 32
    assert (facts["channel"], facts["region"], facts["files"]) == ("web", "990121", [])
    assert facts["subject"] == {"name": FORM["subject"]}
    assert not {"authority", "__proto__", "tip_id"} & set(facts)


def test_check_15_derivation_is_bounded_and_nothing_cheap_waits_for_it(house: House) -> None:
    gate = Gate(cores=2, floor=0.05)
    house.app.extensions["registry.tip-gate"] = gate
    page = house.get("/tips/track")
    with gate.deriving():
        began = time.perf_counter()
        wrong = house.post(
            "/tips/track", {"receipt": "0000", "token": house.token(page), "action": "open"}
        )
        assert wrong.status_code == 422
        assert house.get("/").status_code == 200
        assert time.perf_counter() - began < 3
        assert not gate._deriving.acquire(blocking=False), "one at a time on two cores"
    assert gate._gentle._max_workers == 1
    held = [gate.even_time() for _ in range(3)]
    for one in held:
        one.__enter__()
    busy = house.track(new_receipt())
    for one in held:
        one.__exit__(None, None, None)
    assert busy.status_code == 503
    assert house.track(new_receipt()).status_code == 200


def test_check_18_a_token_of_one_kind_is_none_of_another(house: House) -> None:
    answer = house.post("/tips/new", house.fill())
    code = receipt_of(answer)
    house.carry()
    session = house.token(house.track(code))
    tokens = {
        "new": house.token(house.get("/tips/new")),
        "track": house.token(house.get("/tips/track")),
        "receipt": house.token(answer),
    }
    for kind, token in tokens.items():
        refused = house.post("/tips/track", {"token": token, "action": "message", "text": "x"})
        assert refused.status_code == 422, kind
    for kind in ("track", "receipt"):
        sent = house.post("/tips/new", {**FORM, "token": tokens[kind], "action": "send"})
        assert sent.status_code == 422, kind
    opened = house.post("/tips/track", {"token": session, "receipt": code, "action": "open"})
    assert opened.status_code == 422
    with house.intake.read() as opened_session:
        assert not queries.messages(opened_session)


def test_check_19_awkward_sizes_through_the_form(house: House) -> None:
    mib = 1024 * 1024
    sizes = [0, 1, 65_534, 65_535, 65_536, 65_537, mib - 1, mib]
    house.report(files=[upload(str(size), b"\0" * size) for size in sizes])
    (tip,) = house.carry()
    assert [one["size"] for one in house.open(tip)["files"]] == sizes


def test_check_23_a_receipt_makes_no_file_locker(house: House) -> None:
    """Files go in and never out: no address gives them, no page shows them."""
    code = house.report(files=[upload("geheim.txt", b"file locker")])
    (tip,) = house.carry()
    page = house.track(code)
    file_id = tip.files[0].file_id
    assert "geheim" not in page.text
    assert file_id not in page.text
    assert "file locker" not in page.text
    rules = [rule.rule for rule in house.app.url_map.iter_rules() if "tips" in rule.rule]
    assert not [rule for rule in rules if "<" in rule.replace("<any(zh,en):language>", "")]
    for path in (f"/sealed/{file_id}", f"/tips/{file_id}", f"/tips/track/{file_id}"):
        assert house.get(path).status_code == 404


def test_check_27_limits_of_forms_are_explicit(house: House) -> None:
    assert house.app.config["MAX_FORM_MEMORY_SIZE"]
    assert house.app.config["MAX_FORM_PARTS"]
    many = house.post("/tips/new", {f"field{n}": "x" for n in range(300)})
    assert many.status_code == 413
    large = house.post("/tips/new", {**house.fill(), "extra": "x" * (2 * 1024 * 1024)})
    assert large.status_code == 413


def test_check_29_the_prefix_of_the_cookies_name_is_spelt_exactly() -> None:
    source = (ROOT / "registry/core/web/factory.py").read_text(encoding="utf-8")
    assert 'f"__Host-{site}"' in source


def test_uploads_hang_on_werkzeugs_hook(house: House, tmp_path: Path) -> None:
    """The hook is protected: should a new Werkzeug not call it, uploads would touch the disk."""
    assert house.app.request_class is SealingRequest
    desk = Desk(tmp_path / "s", Limits(free_bytes=0), house.instant[0])
    sink = desk.sink("a.txt")
    sink.write(b"plain text")
    sink.seek(0)
    (sealed,) = desk.files
    assert sink.read() == b""
    with blobs.open_sealed(tmp_path / "s", sealed.id) as source:
        assert b"plain text" not in source.read()
    unfinished = desk.sink("b.txt")
    unfinished.write(b"x")
    desk.close()
    assert [path.name for path in (tmp_path / "s").iterdir()] == [sealed.id]


def test_too_often_keeps_the_text_and_counts_no_address(house: House) -> None:
    gate = Gate(floor=0)
    house.app.extensions["registry.tip-gate"] = gate
    data = house.fill(action="find")
    for _ in range(120):
        gate.count("send", "192.0.2.7", house.instant[0])
    here = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.200"}}
    refused = house.post(
        "/tips/new", {**data, "action": "send", "files": [upload("a", b"x")]}, **here
    )
    assert refused.status_code == 429
    assert TEXT in refused.text
    assert not house.sealed_dir.exists() or not list(house.sealed_dir.iterdir())
    elsewhere = house.post("/tips/new", data, environ_overrides={"REMOTE_ADDR": "198.51.100.1"})
    assert elsewhere.status_code == 200
    state = repr(vars(gate)).encode()
    assert b"192.0.2" not in state
    house.pass_time(hours=1)
    again = {**FORM, "token": house.token(refused), "action": "send"}
    assert receipt_of(house.post("/tips/new", again, **here))


def test_slow_senders_of_large_bodies_leave_threads_for_others(house: House) -> None:
    gate = house.app.extensions["registry.tip-gate"]
    large = {**house.fill(), "files": [upload("a", b"x" * (1 << 20))]}
    taken = [gate.take_large() for _ in range(4)]
    assert all(taken)
    refused = house.post("/tips/new", large)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert house.report(), "a report without large files needs no turn"
    gate.large_done()
    assert receipt_of(house.post("/tips/new", large))
    assert receipt_of(house.post("/tips/new", {**house.fill(), "files": large["files"]}))


def test_browsers_are_told_of_the_onion_service(house: House) -> None:
    told = house.get("/tips/track").headers["Onion-Location"]
    assert told == "http://fictional.onion/zh/tips/track"


def test_published_figures_are_shown_with_dashes_for_small_cells(house: House) -> None:
    assert "尚未发布统计数据" in house.get("/rewards").text
    rows = [
        {"code": "2026-10:T2", "figures": {"count": 7, "yuan": "63000.00"}},
        {"code": "2026-10:T1", "figures": {"count": None, "yuan": None}},
        {"code": "2026-10", "figures": {"count": None, "yuan": None}},
    ]
    payload = {"name": "rewards", "day": "2026-11-01", "rows": rows}
    with house.gazette.write() as session:
        entries = [put("statistic", "N-0000000001", payload)]
        log.append(session, entries, recorded=house.instant[0])
    page = house.get("/rewards").text
    assert "63,000" in page
    assert page.count(">–<") == 4


def test_no_disk_room_takes_texts_and_says_so(house: House) -> None:
    desk = Desk(house.sealed_dir, Limits(free_bytes=1 << 60), house.instant[0])
    desk.sink("a.txt").write(b"x")
    assert desk.problems
    assert not desk.files


def test_the_calculator_and_the_chain_show_what_the_rules_and_the_log_say(house: House) -> None:
    answer = house.post(
        "/rewards", {"kind": "T2", "sector": "coal", "fine": "420000", "informant": "employee"}
    )
    assert answer.status_code == 200
    assert "63,000" in answer.text
    wrong = house.post("/rewards", {"kind": "T9", "fine": "-1"})
    assert wrong.status_code == 422
    deaths = house.post("/rewards", {"kind": "T1", "sector": "coal", "deaths": "2"})
    assert deaths.status_code == 422
    house.report()
    house.carry()
    assert house.get("/gazette/intake").status_code == 200
    assert "1," not in house.get("/gazette/intake.csv").text.partition("\n")[2]
    house.pass_time(days=1)
    (line,) = house.get("/gazette/intake.csv").text.splitlines()[1:]
    with house.gazette.read() as session:
        (link,) = mailboxes.links(session)
    assert line == f"1,2026-11-20,{link.envelope_hash.hex()},{link.entry.hex()}"


def test_check_22_what_is_published_names_no_case_no_officer_no_secret(house: House) -> None:
    """The chain as a file, and the shape of every public record; keys only as public halves."""
    house.report(name="赵虚构", named="yes", contact="13900000000")
    house.carry()
    sheet = house.get("/gazette/intake.csv").get_data(as_text=True)
    assert set(sheet.splitlines()[0].lstrip("\ufeff").split(",")) == CHAIN_COLUMNS
    assert "赵虚构" not in sheet
    inner = re.compile(
        r"(^|_)(docket|account|officer|login|mail|email|secret|private|wrapped)s?(_|$)"
    )
    told = {name for shape in shapes() for name in get_type_hints(shape) if inner.search(name)}
    assert told == {"officers"}, "the public halves of the keys on duty, and nothing else"


def shapes() -> list[type]:
    found = vars(payloads).values()
    return [one for one in found if isinstance(one, type) and is_typeddict(one)]
