"""What is published beside the addon is made of it, and says what is so."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from dev import odoo_process

try:
    import yaml
except ImportError:
    import yaml_ft as yaml

UPGRADE_CODE = """
import sys
from odoo.cli.upgrade_code import migrate
from odoo.tools import parse_version
print(migrate(
    addons_path=[sys.argv[1]], glob="its_quality/**/*", dry_run=True,
    from_version=parse_version("17.0"), to_version=parse_version("20.0"),
))
"""
# What Odoo says of options that it does not know, or not so, it says in its log.
UNDERSTOOD = """
import sys
from odoo.tools import config
config.parse_config(sys.argv[1:])
print(config["list_db"], config["init"], config["with_demo"], config["load_language"])
"""
ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "dev" / "scripts"
ADDON = ROOT / "its_quality"
# Of the administration page: service, image, ports, what is kept, what is mounted.
ROW = re.compile(
    r"^\| `(\w+)` \| `([^`]+)` \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE
)


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_is_made_of_its_fragments():
    text = (ADDON / "README.rst").read_text(encoding="utf-8")
    assert text == script("write_readme").readme()


def test_what_development_pulls_is_listed():
    text = (ROOT / "sbom.cdx.json").read_text(encoding="utf-8")
    assert text == script("write_sbom").sbom()
    kinds = {part["purl"].partition("/")[0] for part in json.loads(text)["components"]}
    assert kinds == {"pkg:pypi", "pkg:npm"}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_containers_are_as_the_page_says(language):
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services, told = compose["services"], {}
    page = ROOT / "docs" / language / "administration.md"
    for name, image, *cells in ROW.findall(page.read_text(encoding="utf-8")):
        told[name] = (image, *(set(re.findall(r"[\w./-]{2,}", cell)) for cell in cells))
    found = {}
    for name, service in services.items():
        mounts = [mount.split(":")[0] for mount in service["volumes"]]
        found[name] = (
            service["image"],
            {port.split(":")[1] for port in service.get("ports", [])},
            {mount for mount in mounts if mount in compose["volumes"]},
            {mount for mount in mounts if mount.startswith("./")},
        )
    assert told == found
    assert all(port.startswith("127.0.0.1:") for port in services["odoo"]["ports"])


def test_containers_find_each_other_and_the_addon():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    odoo, base = services["services"]["odoo"], services["services"]["db"]
    assert odoo["environment"]["HOST"] in services["services"]
    assert odoo["environment"]["USER"] == base["environment"]["POSTGRES_USER"]
    password = base["environment"]["POSTGRES_PASSWORD"]
    assert odoo["environment"]["PASSWORD"] == password
    assert password.startswith("${DB_PASSWORD:?")
    manifest = (ADDON / "__manifest__.py").read_text(encoding="utf-8")
    assert odoo["image"] == f"odoo:{re.search(r'19[.]0', manifest)[0]}"
    [mount] = [one for one in odoo["volumes"] if one.startswith("./")]
    source, target, mode = mount.split(":")
    assert (ROOT / source / "__manifest__.py").is_file()
    assert (target, mode) == ("/mnt/extra-addons/its_quality", "ro")


def understood(command: str) -> list[str]:
    """Return what Odoo makes of the options that it is started with."""
    program, *options = shlex.split(command)
    assert program == "odoo"
    odoo = odoo_process.prepare(fast=True)
    done = subprocess.run(
        [odoo.command()[0], "-c", UNDERSTOOD, *options],
        env=odoo.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "option" not in done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(("language", "loaded"), [("en", "None"), ("ru", "ru_RU")])
def test_odoo_understands_what_the_containers_are_told(language, loaded):
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    [closed, *_others] = understood(compose["services"]["odoo"]["command"])
    assert closed == "False"
    page = ROOT / "docs" / language / "administration.md"
    text = page.read_text(encoding="utf-8")
    [command] = re.findall(
        r"^docker compose run --rm odoo (odoo .+)$", text, re.MULTILINE
    )
    _list, *made = understood(command)
    assert made == ["{'its_quality':", "True}", "False", loaded]


def test_docs_install_the_wheel_as_it_can_be():
    """What a wheel of an addon asks for is a distribution that nobody publishes."""
    for name in ("README.md", "README.ru.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        installs = re.findall(r"^pip install .*$", text, re.MULTILINE)
        assert installs
        assert all("--no-deps" in line for line in installs)


def test_odoo_would_rewrite_nothing():
    """Its own scripts for what has changed between the series: upgrade_code --dry-run."""
    odoo = odoo_process.prepare(fast=True)
    python = odoo.command()[0]
    found = subprocess.run(
        [python, "-c", UPGRADE_CODE, str(ROOT)],
        env=odoo.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["False"], found.stdout
