"""Odoo 19.0 from the Debian archive, without root and without installing it.

The package `odoo-19` is in Debian's unstable suite only. apt is run with lists and
caches of its own on the mirror that the machine already uses, checks the archive's
signature as always, and the packages are unpacked into the user's cache.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from .console import Problem, say
from .locks import locked
from .paths import cache_folder
from .processes import run

# Change it when the way of unpacking changes: it names the cache folder.
LAYOUT = "19.0-1"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = (
    "odoo-19",
    # What the links under web/static of the package point to.
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    # The stylesheets need the web fonts of 4.7; unstable's newer one has none.
    "fonts-font-awesome/stable",
)
PYTHON_PATH = Path("usr/lib/python3/dist-packages")
# Files that the package leaves out though Odoo's asset bundles name them.
EMPTY_FILES = (
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js",
)


def is_possible() -> bool:
    """Tell whether this machine has what the fetching needs."""
    return all(map(shutil.which, ("apt-get", "dpkg"))) and KEYRING.exists()


def ensure() -> Path:
    """Return the folder that holds the `odoo` package, fetching it once."""
    root = cache_folder() / f"odoo-{LAYOUT}"
    if not root.is_dir():
        with locked(cache_folder() / "odoo.lock", "Odoo 19.0"):
            if not root.is_dir():
                _fetch(root)
    return root / PYTHON_PATH


def _fetch(root: Path) -> None:
    """Fetch and unpack beside `root`, then rename: it is whole or not there."""
    mirror = _mirror()
    say("Fetching Odoo 19.0 from the Debian archive …")
    work = Path(tempfile.mkdtemp(prefix="odoo-fetch-", dir=root.parent))
    try:
        env = _private_apt(work, mirror)
        downloads = work / "downloads"
        downloads.mkdir()
        run(
            ["apt-get", "update", "-qq"],
            what="Reading the Debian archive's package lists",
            env=env,
        )
        run(
            ["apt-get", "download", "-qq", *PACKAGES],
            what="Downloading Odoo 19.0 from the Debian archive",
            env=env,
            cwd=downloads,
        )
        unpacked = work / "root"
        unpacked.mkdir()
        for package in sorted(downloads.glob("*.deb")):
            run(["dpkg", "-x", package, unpacked], what=f"Unpacking {package.name}")
        _complete(unpacked / PYTHON_PATH)
        unpacked.chmod(0o755)
        unpacked.rename(root)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _complete(python_path: Path) -> None:
    if not (python_path / "odoo" / "release.py").exists():
        raise Problem(
            "Debian's odoo-19 package does not hold an odoo package where expected; "
            "set ODOO_HOME to a folder with the Odoo 19.0 sources."
        )
    for name in EMPTY_FILES:
        path = python_path / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def _private_apt(work: Path, mirror: str) -> dict[str, str]:
    """Set apt up in `work`; return the environment that makes apt use it."""
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(
        "".join(
            f"deb [signed-by={KEYRING}] {mirror} {suite} main\n"
            for suite in ("unstable", "stable")
        ),
        encoding="utf-8",
    )
    user = run(["id", "-un"], what="Finding the user's name").strip()
    settings = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": work / "parts",
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": user,
        "APT::Default-Release": "unstable",
        "Acquire::Languages": "none",
    }
    configuration = work / "apt.conf"
    configuration.write_text(
        "".join(f'{key} "{value}";\n' for key, value in settings.items()),
        encoding="utf-8",
    )
    return {**os.environ, "APT_CONFIG": str(configuration), "LC_ALL": "C"}


def _mirror() -> str:
    """Return the address of the Debian mirror that this machine is set up with."""
    mirror = _mirror_from_apt() or _mirror_from_files()
    if not mirror:
        raise Problem(
            "apt on this machine names no Debian mirror to fetch Odoo 19.0 from; "
            "set ODOO_HOME to a folder with the Odoo 19.0 sources."
        )
    return mirror


def _mirror_from_apt() -> str | None:
    """Ask apt; it knows nothing before the first `apt-get update`."""
    fields = ("REPO_URI", "ORIGIN", "LABEL", "COMPONENT")
    output = run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "|".join(f"$({field})" for field in fields),
            "Created-By: Packages",
        ],
        what="Asking apt for its mirrors",
    )
    for line in output.splitlines():
        address, *rest = line.split("|")
        if rest == ["Debian", "Debian", "main"]:
            return address
    return None


def _mirror_from_files() -> str | None:
    """Read apt's source files, in both of their formats."""
    folder = Path("/etc/apt")
    for path in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = re.sub(r"^\s*#.*\n?", "", path.read_text("utf-8"), flags=re.MULTILINE)
        for address, suites in _entries(text, path.suffix):
            if _is_debian(address) and not any("security" in suite for suite in suites):
                return address
    return None


def _entries(text: str, suffix: str) -> list[tuple[str, list[str]]]:
    """List the (address, suites) of a source file."""
    if suffix == ".list":
        lines = re.findall(
            r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", text, re.MULTILINE
        )
        return [(address, [suite]) for address, suite in lines]
    entries = []
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
        if "deb" in fields.get("Types", "").split():
            suites = fields.get("Suites", "").split()
            entries += [(uri, suites) for uri in fields.get("URIs", "").split()]
    return entries


def _is_debian(address: str) -> bool:
    """Mirrors of Debian proper keep it in a folder of that name."""
    return address.rstrip("/").endswith("/debian")
