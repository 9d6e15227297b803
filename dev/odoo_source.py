"""Where Odoo 19.0 comes from.

In this order: the folder in ODOO_HOME, an `odoo` package of series 19.0 that Python
already finds, the Debian package unpacked into the user's cache.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian_odoo
from .console import Problem
from .paths import RUN

SERIES = (19, 0)


@dataclass(frozen=True)
class OdooSource:
    """A place from which Odoo can be run.

    :ivar python_path: the folder to put on PYTHONPATH: it holds `odoo/`
    :ivar addons_paths: folders with Odoo's own addons, beside `odoo/addons`
    """

    python_path: Path
    addons_paths: tuple[Path, ...]

    @property
    def package(self) -> Path:
        """The folder of the `odoo` package."""
        return self.python_path / "odoo"


def find() -> OdooSource:
    """Return the Odoo 19.0 to work with, fetching it when there is none.

    :raise Problem: when there is none and none can be had
    """
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_home(Path(home).expanduser().resolve())
    installed = _installed_package()
    if installed:
        return OdooSource(_isolated(installed), ())
    if debian_odoo.is_possible():
        return OdooSource(debian_odoo.ensure(), ())
    raise Problem(
        "There is no Odoo 19.0 here, and only Debian's package manager (apt) can "
        "fetch one; set ODOO_HOME to a folder with the Odoo 19.0 sources."
    )


def _from_home(home: Path) -> OdooSource:
    series = _series(home / "odoo")
    if series is None:
        raise Problem(
            f"ODOO_HOME={home} holds no odoo package; point it at the folder of the "
            "Odoo 19.0 sources, the one with odoo/ in it."
        )
    if series != SERIES:
        raise Problem(
            f"ODOO_HOME={home} is Odoo {series[0]}.{series[1]}; the addon needs 19.0."
        )
    addons = home / "addons"
    return OdooSource(home, (addons,) if addons.is_dir() else ())


def _installed_package() -> Path | None:
    """Find an installed `odoo` of our series: in this Python, or by its program."""
    candidates = []
    spec = importlib.util.find_spec("odoo")
    if spec:
        candidates += list(spec.submodule_search_locations or ())
    for name in ("odoo", "odoo-bin"):
        found = shutil.which(name)
        if found:
            folder = Path(found).resolve().parent
            candidates += [folder / "odoo", *folder.parent.glob(_SITE_PACKAGES)]
    for candidate in map(Path, candidates):
        if _series(candidate) == SERIES:
            return candidate
    return None


_SITE_PACKAGES = "lib/python3*/*-packages/odoo"


def _series(package: Path) -> tuple[int, int] | None:
    """Read the series from the package's release.py without importing it.

    An `odoo` without that file is only the namespace that installed addons share.
    """
    try:
        text = (package / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", text, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def _isolated(package: Path) -> Path:
    """Give an installed package a folder of its own.

    Its real parent holds other packages too, which would hide our pinned ones.
    """
    folder = RUN / "odoo"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "odoo"
    if not link.is_symlink() or link.readlink() != package:
        link.unlink(missing_ok=True)
        link.symlink_to(package, target_is_directory=True)
    return folder
