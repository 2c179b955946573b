"""Kinds and levels of authorities, as both sites call them."""

from __future__ import annotations

from registry.core.i18n import N_

KINDS = {
    "emergency-management": N_("Emergency management"),
    "mine-safety": N_("Mine safety supervision"),
    "coal-industry": N_("Coal industry administration"),
    "government": N_("People's government"),
    "other": N_("Other department"),
}
"""Competence differs by province (coal mines above all), so a kind names a line, not a power."""

LEVELS = {
    "national": N_("National"),
    "province": N_("Province"),
    "prefecture": N_("Prefecture"),
    "county": N_("County"),
}
