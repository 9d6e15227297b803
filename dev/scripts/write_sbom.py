"""Write sbom.cdx.json anew: what development pulls from PyPI and npm, by the locks.

python3 dev/scripts/write_sbom.py
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)")


def sbom() -> str:
    """Return the list in the format CycloneDX; nothing in it depends on the day."""
    found: dict[str, dict] = {}
    for path in sorted((ROOT / "dev" / "requirements").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := PINNED.match(line):
                name = re.sub(r"[-_.]+", "-", match[1]).lower()
                _add(found, f"pkg:pypi/{name}@{match[2]}", name, match[2])
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in lock["packages"].items():
        if place:
            name = place.rpartition("node_modules/")[2]
            url = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            _add(found, url, name, package["version"])
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "its_quality (development)"}
        },
        "components": [found[url] for url in sorted(found)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _add(found: dict[str, dict], url: str, name: str, version: str) -> None:
    found[url] = {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "purl": url,
    }


if __name__ == "__main__":
    (ROOT / "sbom.cdx.json").write_text(sbom(), encoding="utf-8")
