"""Write its_quality/README.rst anew from the fragments in its_quality/readme/.

python3 dev/scripts/write_readme.py

In the layout of the OCA. Their generator is not published as a package, so nothing can pin it.
"""

import ast
from pathlib import Path

ADDON = Path(__file__).resolve().parent.parent.parent / "its_quality"
# Odoo's own linter takes no such key in the manifest.
STATUS = "Production/Stable"
PARTS = {
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
}


def readme() -> str:
    """Return the whole text."""
    manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
    name = manifest["name"]
    lines = ["=" * len(name), name, "=" * len(name), ""]
    lines += [
        "..",
        "   Made by dev/scripts/write_readme.py of the fragments in readme/.",
        "",
        f"| Version {manifest['version']}, license {manifest['license']}",
        f"| {STATUS}",
        "",
        _fragment("DESCRIPTION"),
        "**Table of contents**",
        "",
        ".. contents::",
        "   :local:",
        "",
    ]
    for file, title in PARTS.items():
        lines += [title, "=" * len(title), "", _fragment(file)]
    lines += ["Credits", "=======", "", "Authors", "-------", ""]
    lines += [f"* {manifest['author']}", "", "Contributors", "------------", ""]
    lines.append(_fragment("CONTRIBUTORS").rstrip("\n"))
    return "\n".join(lines) + "\n"


def _fragment(name: str) -> str:
    return (ADDON / "readme" / f"{name}.rst").read_text(encoding="utf-8")


if __name__ == "__main__":
    (ADDON / "README.rst").write_text(readme(), encoding="utf-8")
