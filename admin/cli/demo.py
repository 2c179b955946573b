"""``registry demo``: both sites and the worker on fictional records."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import click
import pyotp

from admin.cli.process import run_together, server_command, site_environment, worker_command
from registry.core.clock import system_clock
from registry.core.errors import RegistryError
from registry.core.settings import office_settings
from registry.office.demo import measures
from registry.office.demo import procedures as demo_parties
from registry.office.demo import service as demonstration
from registry.office.demo import tips as demo_tips
from registry.office.worker.office import Office, opened
from registry.office.worker.service import Worker
from registry.public.agencies.keys import demo_token
from schemas.rows import Rows

MARKER = "demo.marker"


class NotADemo(RegistryError):  # noqa: N818 - reads as a sentence
    code = "not-a-demo"
    status = 409
    message = (
        "{folder} holds a registry that is not a demonstration. Choose another data directory."
    )


class PortTaken(RegistryError):  # noqa: N818
    code = "port-taken"
    status = 409
    message = "Port {port} is in use. Choose another with {option}."


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--admin-port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--fresh", is_flag=True, help="Throw the demonstration's data away and start anew.")
@click.pass_context
def demo(context: click.Context, host: str, port: int, admin_port: int, fresh: bool) -> None:
    """Serve a demonstration with fictional records; a second start reuses them."""
    _check_ports(host, port, admin_port)
    environ = dict(os.environ) | {"REGISTRY_DEMO": "1"}
    environ.setdefault("REGISTRY_HTTPS", "0")
    environ.setdefault("REGISTRY_BASE_URL", f"http://{host}:{port}")
    environ.setdefault("REGISTRY_WEBHOOK_PRIVATE", "machine")
    environ.setdefault("REGISTRY_STATISTICS_REGIONS", "county")
    settings = office_settings(environ)
    environ["REGISTRY_DATA_DIR"] = str(settings.data_dir)
    _prepare(settings.data_dir, fresh)
    with opened(settings, field_sets=Rows()) as office:
        _refuse_others(office)
        office.migrate()
        with office.working.read() as session:
            built = demonstration.is_built(session)
        if not built:
            click.echo("Making the demonstration's records …")
            demonstration.build(office, system_clock())
        Worker(office).drain(system_clock())
    _announce(host, port, admin_port, settings.data_dir)
    children = {
        "public": (
            server_command("public", host=host, port=port, workers=1),
            site_environment("public", environ),
        ),
        "admin": (
            server_command("admin", host=host, port=admin_port, workers=1),
            site_environment("admin", environ),
        ),
        "worker": (worker_command(), site_environment("worker", environ)),
    }
    context.exit(run_together(children))


def _check_ports(host: str, port: int, admin_port: int) -> None:
    if port == admin_port:
        raise PortTaken(port=port, option="--admin-port")
    for number, option in ((port, "--port"), (admin_port, "--admin-port")):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError as error:
                raise PortTaken(port=number, option=option) from error


def _prepare(folder: Path, fresh: bool) -> None:
    """Only a directory that the demonstration made is ever reused or thrown away."""
    marker = folder / MARKER
    if folder.exists() and any(folder.iterdir()):
        if not marker.is_file():
            raise NotADemo(folder=folder)
        if fresh:
            shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.touch()


def _refuse_others(office: Office) -> None:
    """The addresses of stores may lead out of the directory, to a registry in earnest."""
    if office.revision("working") is None:
        return
    with office.working.read() as session:
        if demonstration.is_built(session) and not demonstration.is_demo(session):
            raise NotADemo(folder="The working store")


def _announce(host: str, port: int, admin_port: int, folder: Path) -> None:
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
    click.echo(f"Demonstration in {folder} (all records are fictional)")
    click.echo(f"  public site  http://{shown}:{port}/")
    click.echo(f"  admin site   http://{shown}:{admin_port}/")
    click.echo(f"  officers, password of all: {demonstration.PASSWORD}")
    for officer in demonstration.officers():
        code = pyotp.TOTP(officer.secret).now()
        roles = ", ".join(officer.roles)
        click.echo(f"    {officer.login:<18} {roles:<20} secret {officer.secret}  now {code}")
    click.echo(f"  receipt of report T-01, for /tips/track: {demo_tips.printed_receipt()}")
    click.echo(f"  code on the notice to E5, for /procedures: {demo_parties.printed_code()}")
    click.echo(f"  key of {measures.FINANCE} for the API: {demo_token().token}")
    certificate = folder / measures.FILE
    if certificate.exists():
        place = f"http://{shown}:{port}/certificates"
        click.echo(f"  a certificate to verify at {place}: {certificate}")
    click.echo("  Stop with Ctrl-C.", nl=True)
