"""A province's casework, invented: cases of every kind with their events, clocks and lapses.

Built from the tables of the kinds themselves, so that a new kind is in it without a line here:
each case walks from its beginning to a state that is drawn for it, with the clocks that its acts
start and stop. Written straight into the store; what the services would have checked holds by
construction, as far as desks, boards and the worker look at it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import column, func, insert, select, table

from admin.benchmarks import casepaths, caseworld
from registry.core.clock import legal_day, midnight
from registry.core.codes.public_id import new_public_id
from registry.core.db import Store, WorkingBase, WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import clocks, kinds
from registry.office.dockets.models import (
    Docket,
    DocketClock,
    DocketEvent,
    DocketLapse,
    DocketLink,
    DocketSerial,
)
from registry.office.dockets.shape import Action, KindTable, Start
from registry.office.entities.models import Entity, Site
from registry.office.staff.models import Account, Authority, RoleGrant

ROLES = ("clerk", "reviewer", "approver", "publisher")
YEARS = 5
"""How far back the cases go."""
OPEN_SHARE = 0.1
TONIGHT = 0.001
"""Share of the cases whose limit or term passed on the last day: the work of the coming night."""
WEIGHTS: Mapping[str, float] = {
    "penalty": 30, "inspection": 22, "hazard": 20, "licence": 8, "report": 6, "listing": 4,
    "suspension": 4, "tip": 2, "accident": 1, "referral": 1, "finding": 0.5, "exposure": 0.5,
    "provider": 0.5, "award": 0.5, "import": 0,
}  # fmt: skip
"""How common each kind is, in percent; one not named here counts half of one."""
CHUNK = 5_000


@dataclass
class Caseload:
    """What was made: accounts by level of their authority and role, and how much of what."""

    accounts: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class _Rows:
    """Rows to insert, by table."""

    rows: dict[type[WorkingBase], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def write(self, session: WorkingSession, load: Caseload) -> None:
        for model in (Docket, DocketEvent, DocketClock, DocketLapse, DocketLink):
            if self.rows[model]:
                session.execute(insert(model), self.rows[model])
                load.counts[str(model.__tablename__)] += len(self.rows[model])
        self.rows.clear()


def fill(
    store: Store[WorkingSession], size: int, *, now: datetime, book: Rulebook, seed: int = 7
) -> Caseload:
    """``size`` cases in an empty store, as they might stand at ``now``; always the same ones."""
    made = _Maker(size, now, book, Random(seed))  # noqa: S311 - inventions, not secrets
    with store.write() as session:
        made.world(session)
        for number in range(1, size + 1):
            made.case(number)
            if number % CHUNK == 0 or number == size:
                made.rows.write(session, made.load)
        session.execute(insert(DocketSerial), made.serials())
    _count_on(store)
    return made.load


def _count_on(store: Store[WorkingSession]) -> None:
    """New rows take the ids after those given here; the tables stand as a server keeps them."""
    with store.engine.begin() as connection:
        for model in () if store.is_sqlite else (Docket, Authority, Account, Entity, Site):
            name = str(model.__tablename__)
            serial = func.pg_get_serial_sequence(name, "id")
            last = select(func.max(column("id"))).select_from(table(name)).scalar_subquery()
            connection.execute(select(func.setval(serial, last)))
    # What a PostgreSQL server does by itself within a minute or so; pages are asked for at once.
    tidy = "ANALYZE" if store.is_sqlite else "VACUUM ANALYZE"
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(tidy)


class _Maker:
    """Invents one case after the other."""

    def __init__(self, size: int, now: datetime, book: Rulebook, chance: Random) -> None:
        self.now, self.book, self.chance = now, book, chance
        self.today = legal_day(now)
        self.load, self.rows = Caseload(), _Rows()
        self.subjects, self.sites = max(20, size // 20), max(10, size // 40)
        self.counties: list[int] = []
        self.regions: dict[int, str] = {}
        self.parents: dict[int, int | None] = {}
        self.officers: dict[int, dict[str, int]] = {}
        self.last: dict[tuple[int, str, int], int] = defaultdict(int)
        self.of_kind: dict[str, list[tuple[int, str]]] = defaultdict(list)
        tables = kinds.book().tables
        self.tables = list(tables.values())
        self.weights = [WEIGHTS.get(table.code, 0.5) for table in self.tables]

    def world(self, session: WorkingSession) -> None:
        """Authorities, officers, enterprises and sites."""
        rows: list[dict[str, Any]] = []
        accounts: list[dict[str, Any]] = []
        grants: list[dict[str, Any]] = []
        for number, parent, level, region in caseworld.authorities():
            self.parents[number], self.regions[number] = parent, region
            path = f"{self._path(parent)}{number}/"
            rows.append(caseworld.authority(number, parent, level, region, path, self.now))
            if level == "county":
                self.counties.append(number)
            self.officers[number] = {}
            for role in ROLES:
                account = len(accounts) + 1
                self.officers[number][role] = account
                self.load.accounts.setdefault((level, role), account)
                accounts.append(caseworld.account(account, number, role, self.now))
                grants.append(
                    {"account_id": account, "role": role, "granted": self.now,
                     "confirmed": self.now}
                )  # fmt: skip
        session.execute(insert(Authority), rows)
        session.execute(insert(Account), accounts)
        session.execute(insert(RoleGrant), grants)
        session.execute(
            insert(Entity), [caseworld.entity(n, self.now) for n in range(1, self.subjects + 1)]
        )
        session.execute(
            insert(Site), [caseworld.site(n, self.now) for n in range(1, self.sites + 1)]
        )

    def _path(self, authority: int | None) -> str:
        return "/" if authority is None else f"{self._path(self.parents[authority])}{authority}/"

    def case(self, number: int) -> None:
        """One case, whole."""
        chance = self.chance
        table = chance.choices(self.tables, self.weights)[0]
        is_open = chance.random() < OPEN_SHARE
        target = self._target(table, is_open=is_open)
        acts = list(self._acts(table, target))
        days = self._days(len(acts) + 1, is_open=is_open)
        tonight = chance.random() < TONIGHT * 10
        authority = self._authority()
        owner = self.officers[authority]["clerk"]
        subject = chance.randrange(self.subjects) + 1
        facts = caseworld.facts(chance, days, number)
        public = self._public(table, acts)
        ends_on = self._ends_on(table, target, public, days[-1], tonight=tonight)
        if ends_on is not None:
            facts["until"] = ends_on.isoformat()
        if public and ends_on is not None and ends_on < self.today and not tonight:
            public = ""
        if public:
            facts["public_id"] = public
        closed = table.states[target].closed
        year = days[0].year
        serial = self.last[authority, table.code, year] = self.last[authority, table.code, year] + 1
        self.rows.rows[Docket].append(
            {
                "id": number, "kind": table.code, "year": year, "serial": serial,
                "number": f"{authority}{table.number_word}〔{year}〕{serial}号",
                "state": target, "version": len(acts) + 1, "authority_id": authority,
                "region": self.regions[authority], "subject_id": subject,
                "site_id": subject % self.sites + 1 if chance.random() < 0.6 else None,
                "owner_id": None if closed or chance.random() < 0.05 else owner,
                "drafted_by": owner, "title": f"样例{subject}号矿业有限公司（虚构）",
                "facts": facts, "opened_at": casepaths.at(days[0]),
                "closed_at": casepaths.at(days[-1]) if closed else None,
                "public_id": public or None,
                "public_kind": table.public_kind if public else None, "ends_on": ends_on,
                "counted_as": table.counted_as(facts),
            }
        )  # fmt: skip
        self._events(table, number, acts, days, facts, authority)
        self._clocks(table, number, acts, days, authority, tonight=tonight, closed=closed)
        self._links(table, number, target)
        self.of_kind[table.code].append((number, target))
        self.load.counts["open" if not closed else "closed"] += 1

    def _target(self, table: KindTable, *, is_open: bool) -> str:
        """Where the case stands: with somebody, or (not ``is_open``) settled, mostly as usual."""
        reach = casepaths.reach(table.code)
        wanted = [code for code in table.states if code in reach]
        wanted = [code for code in wanted if bool(table.states[code].waits_for) == is_open]
        usual = [code for code in wanted if table.states[code].closed]
        if not is_open and usual and self.chance.random() < 0.5:
            return usual[0]
        return self.chance.choice(wanted or [table.initial])

    def _acts(self, table: KindTable, target: str) -> Iterator[Action]:
        """The way there, with what is done in between without moving the case."""
        state = table.initial
        for action in casepaths.reach(table.code)[target]:
            beside = casepaths.beside(table.code, state)
            if beside and self.chance.random() < 0.4:
                yield self.chance.choice(beside)
            yield action
            state = action.to or state

    def _days(self, count: int, *, is_open: bool) -> list[date]:
        """Days of the acts, oldest first, none of them in the future."""
        chance = self.chance
        if is_open:
            stale = chance.random() < 0.1
            last = chance.randrange(30, 200) if stale else min(int(chance.expovariate(0.2)), 29)
        else:
            last = chance.randrange(YEARS * 365)
        ago = [last]
        for _ in range(count - 1):
            ago.append(ago[-1] + chance.randrange(1, 12))
        return [self.today - timedelta(days=one) for one in reversed(ago)]

    def _authority(self) -> int:
        level = self.chance.random()
        if level < 0.02:
            return 1
        return (
            self.chance.randrange(2, 2 + caseworld.PREFECTURES)
            if level < 0.2
            else self.chance.choice(self.counties)
        )

    def _public(self, table: KindTable, acts: list[Action]) -> str:
        """A public id where the last publication stands."""
        if not table.public_kind:
            return ""
        ops = [action.publish.op for action in acts if action.publish]
        stands = "publish" in ops and ops[-1] != "withdraw"
        return new_public_id(table.public_kind) if stands else ""

    def _ends_on(
        self, table: KindTable, state: str, public: str, last: date, *, tonight: bool
    ) -> date | None:
        """The last day of a term that the registry ends by itself."""
        ending = [a for a in table.actions.values() if a.ends_term and state in a.from_states]
        if not ending:
            return None
        if not ending[0].to and not public:
            return None
        if tonight:
            return self.today - timedelta(days=1)
        runs_on = last + timedelta(days=365)
        if ending[0].to:
            return max(runs_on, self.today + timedelta(days=self.chance.randrange(1, 700)))
        return runs_on

    def _events(
        self,
        table: KindTable,
        number: int,
        acts: list[Action],
        days: list[date],
        facts: dict[str, Any],
        authority: int,
    ) -> None:
        state, people = table.initial, self.officers[authority]
        events = self.rows.rows[DocketEvent]
        steps: list[Action | None] = [None, *acts]
        for ordinal, (action, day) in enumerate(zip(steps, days, strict=True), 1):
            after = (action.to or state) if action else state
            role = next((r for r in ROLES if action and r in action.roles), "clerk")
            actor = None if action is not None and action.system else people[role]
            events.append(
                {
                    "docket_id": number, "ordinal": ordinal,
                    "action": action.code if action else kinds.OPEN,
                    "from_state": state if action else None, "to_state": after,
                    "actor_id": actor, "acting_as": None,
                    "identities": [actor] if actor else [], "recorded_at": casepaths.at(day),
                    "effective_on": day, "reason": "", "data": {} if action else facts,
                    "signature_name": "样例" if action is not None and action.signature else "",
                }
            )  # fmt: skip
            state = after

    def _clocks(
        self,
        table: KindTable,
        number: int,
        acts: list[Action],
        days: list[date],
        authority: int,
        *,
        tonight: bool,
        closed: bool,
    ) -> None:
        running: dict[str, dict[str, Any]] = {}
        done: list[dict[str, Any]] = []
        starts: list[tuple[tuple[Start, ...], tuple[str, ...]]] = [(table.starts, ())]
        starts += [(action.starts, action.stops) for action in acts]
        for (begun, stopped), day in zip(starts, days, strict=True):
            for code in stopped:
                if code in running:
                    done.append(running.pop(code) | {"stopped_on": day})
            for start in begun:
                row = self._clock(number, start, day)
                if row is not None:
                    running.setdefault(start.code, row)
        for row in running.values():
            done.append(row | ({"stopped_on": days[-1]} if closed else {}))
            if not closed:
                self._running(table, number, done[-1], authority, tonight=tonight)
        self.rows.rows[DocketClock] += done

    def _clock(self, number: int, start: Start, day: date) -> dict[str, Any] | None:
        begun = day
        if start.event == "set-day":
            begun = day + timedelta(days=self.chance.randrange(10, 60))
        due = casepaths.due(self.book, start, begun)
        if due is None:
            return None
        row = clocks.row(number, due, midnight(day)).model_dump(exclude={"id"})
        return row | {"started_on": day}

    def _running(
        self,
        table: KindTable,
        number: int,
        row: dict[str, Any],
        authority: int,
        *,
        tonight: bool,
    ) -> None:
        """A clock that runs: most are in time, some passed their limit, some did last night."""
        limit = row["breach_due"]
        if limit is None:
            return
        climbs = any(action.overdue == row["code"] for action in table.actions.values())
        if tonight:
            self._move(row, self.today - timedelta(days=1))
        elif limit < self.today and self.chance.random() < 0.8:
            self._move(row, self.today + timedelta(days=self.chance.randrange(15)))
        elif limit < self.today and climbs:
            self.rows.rows[DocketLapse].append(
                {
                    "docket_id": number, "clock_code": row["code"], "authority_id": authority,
                    "owner_id": self.officers[authority]["clerk"], "due": limit,
                    "noted_on": self.today - timedelta(days=self.chance.randrange(1, 5)),
                    "raised_to": self.parents[authority],
                }
            )  # fmt: skip

    @staticmethod
    def _move(row: dict[str, Any], day: date) -> None:
        row["breach_due"] = day
        row["first_due"] = min(day, row["target_due"] or day)
        row["breach_at"] = None

    def _links(self, table: KindTable, number: int, state: str) -> None:
        """To earlier cases; what a case rests on stands, but for the few that fell last night."""
        for name, relation in table.relations.items():
            others = self.of_kind[relation.kind]
            if not others or (not relation.stands and self.chance.random() > 0.2):
                continue
            for _ in range(20):
                other, other_state = self.chance.choice(others)
                stands = not relation.stands or other_state in relation.stands
                if stands or self.chance.random() < TONIGHT:
                    self.rows.rows[DocketLink].append(
                        {"docket_id": number, "other_id": other, "relation": name}
                    )
                    break

    def serials(self) -> list[dict[str, Any]]:
        """Where the numbering of cases goes on."""
        return [
            {"authority_id": authority, "kind": kind, "year": year, "last": last}
            for (authority, kind, year), last in self.last.items()
        ]
