"""The virtual environment with Odoo's Python packages and our tools.

Both sets are pinned in `dev/requirements/*.txt`, compiled from the `.in` files
beside them. The environment is made anew when the lock or the interpreter changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .console import Problem, say
from .environment import on_another_day
from .locks import locked
from .paths import DEV, REQUIREMENTS, RUN, VENV
from .processes import run
from .stamps import Stamp, digest_of_files

OLDEST = (3, 10)
NEWEST = (3, 13)
LOCKS = (REQUIREMENTS / "odoo.txt", REQUIREMENTS / "tools.txt")
STAMP = Stamp(VENV / "its.stamp")
PYTHON = VENV / "bin" / "python"
# What of the user's own settings of Python would change ours.
FOREIGN = (
    "ODOO_RC",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)
# Makes up for what a moved clock breaks in Python; see there.
MOVED_CLOCK = DEV / "scripts" / "moved_clock"


def ensure() -> Path:
    """Make sure the environment is there; return its interpreter."""
    if STAMP.matches(_digest()):
        return PYTHON
    with locked(RUN / "venv.lock", "the Python environment"):
        if not STAMP.matches(_digest()):
            _build()
    return PYTHON


def program(name: str) -> Path:
    """Return the path of a program that one of the pinned packages brings."""
    ensure()
    return VENV / "bin" / name


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    ensure()
    for folder in VENV.glob(f"lib/python3.*/site-packages/{name}"):
        return folder
    raise Problem(
        f"The Python package {name} is missing in {VENV}; remove it: ./its clean."
    )


def environment(*front: Path) -> dict[str, str]:
    """Return the process environment with our programs first on PATH."""
    env = dict(os.environ)
    for name in FOREIGN:
        env.pop(name, None)
    # Compiling Odoo takes a third of the time in which it starts, and tests start it some
    # seventy times. Whoever wants no compiled files wants none beside the sources.
    env["PYTHONPYCACHEPREFIX"] = str(RUN / "pycache")
    folders = [*map(str, front), str(VENV / "bin"), env.get("PATH", os.defpath)]
    env["PATH"] = os.pathsep.join(folders)
    env["VIRTUAL_ENV"] = str(VENV)
    if on_another_day():
        env["PYTHONPATH"] = str(MOVED_CLOCK)
    return env


def _digest() -> str:
    return digest_of_files(LOCKS)


def _build() -> None:
    interpreter = _interpreter()
    say("Installing the Python packages of Odoo and of our tools (about a minute) …")
    if VENV.exists():
        shutil.rmtree(VENV)
    _create(interpreter)
    uv = shutil.which("uv")
    if not (uv and _install_with_uv(uv)):
        _install_with_pip()
    STAMP.write(_digest())


def _create(interpreter: str) -> None:
    try:
        run([interpreter, "-m", "venv", VENV], what="Making .venv")
    except Problem as problem:
        raise Problem(
            f"{problem}\nIf the module ensurepip or venv is missing, install it "
            "(on Debian: apt install python3-venv)."
        ) from None


def _install_with_uv(uv: str) -> bool:
    """Install by uv, which is quicker; False sends us to pip.

    pip is the one that machines are set up for (mirrors, certificates, proxies), so
    a failure of uv is not the last word.
    """
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--python", PYTHON]
    try:
        run([*command, *_requirement_options()], what="uv pip install")
    except Problem:
        return False
    return True


def _install_with_pip() -> None:
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "--prefer-binary"]
    run(
        [*command, *_requirement_options()],
        what="Installing the Python packages (is the package index reachable?)",
        env=environment(),
    )


def _requirement_options() -> list[str]:
    return [option for lock in LOCKS for option in ("-r", str(lock))]


def _interpreter() -> str:
    """Find a Python that Odoo 19.0 supports: the running one, else on PATH."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _works(found):
            return found
    raise Problem(
        "Odoo 19.0 needs Python 3.10 … 3.13, and this is "
        f"{sys.version_info[0]}.{sys.version_info[1]}; "
        "install one of them so that python3.13 (or older) is on PATH."
    )


def _works(interpreter: str) -> bool:
    """Version managers leave launchers of versions that are not active."""
    command = [interpreter, "-c", "import venv, ensurepip"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
