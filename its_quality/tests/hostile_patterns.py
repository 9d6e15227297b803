"""Attacks regular expressions with megabytes; run by itself, so that one that does not
come to an end can be ended.

Standard input: JSON, a list of ``{"name", "pattern", "flags", "bytes", "ways", "most"}``,
and ``"seconds"``, where others than usual.
Each name is written out when its pattern has been attacked. The processor's time is
limited for each: what grows with the text takes a hundredth of it, what grows with its
square would take ten times as much.
"""

import json
import os
import re
import resource
import sys

THOROUGH = os.environ.get("ITS_TEST_ALL") == "1"
# Seven times the signs, on a machine that may be busy: still far from their square.
SECONDS = 70 if THOROUGH else 10
# Signs of a text: one sign for ever, and two signs in turn.
LONG = 2_000_000 if THOROUGH else 150_000
SHORT = max(LONG // 5, 60_000)
# What no pattern of ours has a sign for.
STRANGE = "\u4e00"
# So many signs of a pattern are tried.
MOST_SIGNS = 5 if THOROUGH else 2
# A sign of each kind that a pattern may name as such.
KINDS = {
    "CATEGORY_DIGIT": "7",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": "w",
    "CATEGORY_NOT_DIGIT": "x",
    "CATEGORY_NOT_SPACE": "x",
    "CATEGORY_NOT_WORD": "-",
}


def signs_of(tree):
    """Return the signs that a parsed pattern has places for, in their order."""
    found = []
    for code, value in tree:
        name = str(code)
        if name in ("LITERAL", "NOT_LITERAL"):
            found.append(chr(value))
        elif name == "RANGE":
            found += [chr(value[0]), chr(value[1])]
        elif name == "CATEGORY":
            found.append(KINDS[str(value)])
        elif name == "IN":
            found += signs_of(value)
        elif name == "ANY":
            found.append("x")
        elif name == "BRANCH":
            for branch in value[1]:
                found += signs_of(branch)
        elif isinstance(value, tuple):
            for part in value:
                if hasattr(part, "data"):
                    found += signs_of(part)
    return list(dict.fromkeys(found))


def words_of(tree):
    """Return a text that a parsed pattern would go along with for long, roughly."""
    word = ""
    for code, value in tree:
        name = str(code)
        if name == "LITERAL":
            word += chr(value)
        elif name in ("IN", "ANY", "NOT_LITERAL"):
            word += (signs_of([(code, value)]) or ["x"])[0]
        elif name == "BRANCH":
            word += words_of(value[1][0])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            word += words_of(value[2]) * max(1, min(value[0], 40))
        elif name == "SUBPATTERN":
            word += words_of(value[3])
        elif name == "ATOMIC_GROUP":
            word += words_of(value)
    return word


def texts_of(pattern, flags, most):
    """Return what a pattern is attacked with."""
    parser = getattr(re, "_parser", None) or __import__("sre_parse")
    tree = parser.parse(pattern, flags)
    signs = [sign for sign in signs_of(tree) if sign.isprintable() or sign in "\t\n"]
    # The first and the last, if there are many: ranges and lists go by twos.
    if len(signs) > MOST_SIGNS:
        signs = [*signs[: MOST_SIGNS - 2], *signs[-2:]]
    signs = signs or ["x"]
    if flags & re.MULTILINE and "\n" not in signs:
        # Each line is another beginning.
        signs.append("\n")
    word = words_of(tree) or "x"
    long, short = min(LONG, most), min(SHORT, most)
    for sign in (*signs, STRANGE):
        for end in ("", STRANGE):
            yield sign * (long - 1) + end
        # The word that begins it, and then nothing but one sign.
        for size in range(1, min(len(word), 8) + 1):
            yield word[:size] + sign * (short - size)
    for size in range(1, min(len(word), 16) + 1):
        yield (word[:size] * (short // size + 1))[:short]
    for part in (word, word + STRANGE, word[:-1] + STRANGE):
        yield (part * (short // len(part) + 1))[:short]
    for one in signs:
        for other in (*signs, STRANGE):
            if one != other:
                yield (one + other) * (short // 2)
                yield one * (short // 2) + other * (short // 2)


def attack(job):
    """Attack one pattern in each way that it is used."""
    pattern = job["pattern"].encode("latin-1") if job["bytes"] else job["pattern"]
    compiled = re.compile(pattern, job["flags"])
    for text in texts_of(pattern, job["flags"], job["most"] or LONG):
        if job["bytes"]:
            text = text.encode("utf-8", errors="replace")
        for way in job["ways"]:
            if way == "sub":
                compiled.sub(text[:0], text)
            elif way == "finditer":
                for _found in compiled.finditer(text):
                    pass
            else:
                getattr(compiled, way)(text)


def main():
    """Attack one after the other, each with some seconds to come to an end."""
    for job in json.load(sys.stdin):
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + job.get("seconds", SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        attack(job)
        sys.stdout.write(job["name"] + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
