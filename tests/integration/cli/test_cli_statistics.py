"""``registry statistics``: counted, listed, counted again, and what is wrong with an order."""

from __future__ import annotations

from cli_house import Command
from sqlalchemy import text


def test_a_snapshot_is_kept_published_and_counted_again(demo: Command) -> None:
    kept = demo("statistics", "list")
    assert kept.status == 0 and "2" in kept.out
    newest = kept.out.splitlines()[0].split()[0]
    made = demo("statistics", "snapshot", newest, "--publish")
    assert made.status == 0, made.err
    assert made.out.startswith(newest) and "It goes on public view as D-" in made.out
    again = demo("statistics", "verify", newest)
    assert again.status == 0, again.out
    assert again.out.count("the same") == 2
    with demo.office() as office, office.working.write() as session:
        session.execute(text("UPDATE statistic_cell SET amount = amount + 1"))
    wrong = demo("statistics", "verify", newest)
    assert wrong.status == 1 and "NOT THE SAME" in wrong.out


def test_a_wrong_order_is_one_line(installed: Command) -> None:
    wrong = installed("statistics", "snapshot", "soon")
    assert wrong.status == 1 and "2026-Q3" in wrong.err
    future = installed("statistics", "snapshot", "2998")
    assert future.status == 1 and "not begun" in future.err
    assert installed("statistics", "list").out == ""
