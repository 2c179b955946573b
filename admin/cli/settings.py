"""``registry settings``: every environment variable, its default and meaning."""

from __future__ import annotations

import os

import click

from registry.core.settings import SETTINGS


@click.command()
def settings() -> None:
    """Document the settings (environment variables)."""
    for setting in SETTINGS:
        given = "set" if os.environ.get(setting.name) else "default"
        click.echo(f"{setting.name} ({given}; default: {setting.default or '-'})")
        click.echo(f"    {setting.help}")
