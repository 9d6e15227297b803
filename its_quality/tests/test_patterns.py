import ast
import json
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path
from types import BuiltinMethodType

from odoo.tests import BaseCase, tagged

from . import hostile_patterns

ADDON = Path(__file__).parents[1]
PACKAGE = "odoo.addons.its_quality."
WAYS = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
# Patterns that need not stand megabytes, since what they see is cut before: to how many
# signs.
CUT = {
    # Of the beginning of a file.
    "onec.exchange.encodings.DECLARED": 1000,
    # Of what a sender has written.
    "models.claim.proposals.PHONE": 20_000,
    # A letter that may only thank is a short one.
    "tools.thanks.ADDRESS": 300,
    "tools.thanks.BESIDE": 300,
    "tools.thanks.DOUBTS": 300,
    "tools.thanks.PHRASE": 300,
    "tools.thanks.SIGNATURE": 300,
}
# Patterns that are made while the program runs: module, and what of the source tells.
MADE = {
    # Words of an administrator, escaped, in a message of at most 20 000 signs.
    ("models.connect.its_connect", "re.escape(stem)"),
    # A token of ours, escaped; what may stand in between is limited.
    ("models.claim.letter_words", "({word})"),
}


def module_of(path):
    return ".".join(path.relative_to(ADDON).with_suffix("").parts)


def compiled(value):
    """The pattern that a constant is, or whose method it is."""
    if isinstance(value, BuiltinMethodType):
        value = value.__self__
    return value if type(value) is re.Pattern else None


@tagged("post_install", "-at_install")
class TestPatterns(BaseCase):
    """Every pattern of ours comes to an end with megabytes of whatever harms it most."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Module → the nodes of its tree: walking it takes longer than all the rest.
        cls.nodes = {
            module_of(path): list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            for path in sorted(ADDON.rglob("*.py"))
            if path.relative_to(ADDON).parts[0] != "tests"
        }
        # Name of a constant → the methods by which one of that name is used anywhere.
        cls.ways = {}
        for node in chain.from_iterable(cls.nodes.values()):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.attr in WAYS
            ):
                cls.ways.setdefault(node.value.id, set()).add(node.attr)

    def jobs(self):
        """What ``hostile_patterns`` is to attack, by name."""
        constants, jobs = {}, {}
        for name in self.nodes:
            module = sys.modules.get(PACKAGE + name.removesuffix(".__init__"))
            for constant, value in vars(module).items() if module else ():
                if pattern := compiled(value):
                    constants.setdefault(pattern, []).append(f"{name}.{constant}")
        for pattern, names in constants.items():
            # Imported from where it stands first by the alphabet, or made there.
            short = {name.rpartition(".")[2] for name in names}
            ways = set().union(*(self.ways.get(name, ()) for name in short))
            jobs[min(names)] = self.job(pattern, ways or {"search", "fullmatch"})
        for name, call in self.calls():
            pattern = self.literal(call)
            if pattern is not None:
                jobs[f"{name}:{call.lineno}"] = self.job(pattern, {call.func.attr})
        for name, most in CUT.items():
            self.assertIn(name, jobs)
            jobs[name]["most"] = most
        return jobs

    def job(self, pattern, ways):
        is_bytes = isinstance(pattern.pattern, bytes)
        text = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
        return {
            "pattern": text,
            "flags": pattern.flags,
            "bytes": is_bytes,
            "ways": sorted(ways),
            "most": 0,
        }

    def calls(self):
        """``re.sub(…)`` and its like."""
        for name, nodes in self.nodes.items():
            for node in nodes:
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "re"
                    and node.func.attr in WAYS
                ):
                    yield name, node

    def literal(self, call):
        """The pattern of a call, if it is written there."""
        if not isinstance(call.args[0], ast.Constant):
            return None
        flags = re.RegexFlag(0)
        for word in call.keywords:
            if word.arg == "flags":
                for name in ast.walk(word.value):
                    if isinstance(name, ast.Attribute):
                        flags |= re.RegexFlag[name.attr]
        return re.compile(call.args[0].value, flags)

    def test_all_are_known(self):
        """A pattern that is made of a text would be tried by no attack."""
        made = {
            (name, ast.unparse(call))
            for name, call in self.calls()
            if self.literal(call) is None
        }
        for name, part in MADE:
            found = {(other, text) for other, text in made if other == name}
            found = {one for one in found if part in one[1]}
            self.assertTrue(found, f"{name} {part}")
            made -= found
        self.assertFalse(made)

    def test_megabytes(self):
        jobs = self.jobs()
        self.assertGreater(len(jobs), 60)
        done = self.attack(jobs)
        # The first that is missing is the one that did not come to an end.
        self.assertEqual(list(jobs), done)

    def test_what_the_attack_finds(self):
        """It can tell: these do not come to an end, and their like does."""
        table = [
            (r"\s+$", r"\s{1,9}$"),
            (r"[\w./-]*\d{3,}", r"(?<![\w./-])\d{3,}"),
            (r"(?m)^\s*>", r"(?m)^[^\S\n]*>"),
        ]
        for bad, good in table:
            jobs = {
                name: {**self.job(re.compile(pattern), {"search"}), "seconds": 2}
                for name, pattern in (("good", good), ("bad", bad))
            }
            with self.subTest(bad):
                self.assertEqual(self.attack(jobs), ["good"])

    def attack(self, jobs):
        """Attack patterns.

        :return: the names of those that came to an end, until the first that did not
        """
        done = subprocess.run(
            [sys.executable, hostile_patterns.__file__],
            input=json.dumps([{"name": name, **job} for name, job in jobs.items()]),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertNotIn("Traceback", done.stderr)
        return done.stdout.split()
