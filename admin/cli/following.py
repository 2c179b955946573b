"""``registry gazette follow`` and ``gazette verify --from``: logs that are kept elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from admin.cli.output import Bar
from admin.cli.publickey import key_option, read_key
from registry.core.clock import rfc3339, system_clock
from registry.public.gazette.following import follow as following
from registry.public.gazette.following.copy import Copy
from registry.public.gazette.following.follow import Followed
from registry.public.gazette.following.source import Source


@click.command()
@click.argument("url")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@key_option
@click.option(
    "--every",
    type=click.IntRange(1, 86400),
    metavar="SECONDS",
    help="Go on following until interrupted. Default: once.",
)
def follow(url: str, folder: Path, key_file: Path | None, every: int | None) -> None:
    """Keep a verified copy of the log of the site URL in DIR, through its deltas.

    Without --key the key that the site states at the first meeting is trusted from then on.
    """
    with _copy(folder, make=True) as copy:
        while True:
            _once(url, copy, key_file)
            if every is None:
                return
            threading.Event().wait(every)


def _once(url: str, copy: Copy, key_file: Path | None) -> None:
    first = not copy.fact("key")
    now = system_clock()
    with _shown("Following") as progress:
        done = following.follow(
            Source(url),
            copy,
            now=now,
            key=read_key(key_file) if key_file else None,
            progress=progress,
        )
    if first and key_file is None:
        click.echo(f"Trusting the key that the site states: {copy.fact('key')}", err=True)
    click.echo(_told(done, rfc3339(now)))


def _told(done: Followed, when: str) -> str:
    late = "; the site showed an older state" if done.behind else ""
    return (
        f"{when}  {done.size} rows, {done.added} new, {done.forgotten} ended; "
        f"root {done.root.hex()}{late}"
    )


def verify_elsewhere(place: str, key_file: Path | None) -> None:
    """Verify the log of a site, or a copy in a directory; tell what was found."""
    key = read_key(key_file) if key_file else None
    if Path(place).is_dir():
        with _copy(Path(place), make=False) as copy:
            found = following.verify_copy(copy, key)
    else:
        with _shown("Verifying") as progress:
            found = following.verify_source(Source(place), key, progress)
        if key is None:
            click.echo("The key was taken from the site itself; --key makes it a proof.", err=True)
    click.echo(
        f"{found.origin}: {found.size} rows, {found.with_content} with content, "
        f"{found.forgotten} forgotten; root {found.root.hex()}"
    )
    click.echo("The log verifies.")


@contextmanager
def _copy(folder: Path, *, make: bool) -> Iterator[Copy]:
    copy = Copy(folder, make=make)
    try:
        yield copy
    finally:
        copy.close()


@contextmanager
def _shown(label: str) -> Iterator[Callable[[int, int], None]]:
    with Bar(label) as bar:
        yield lambda done, _whole: bar.at(done)
