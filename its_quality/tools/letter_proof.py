"""Whether a letter is of whom it says, by what the server that took it in found out.

A server writes its findings (RFC 8601, RFC 7208) above all that was there before, so
only the first header of each kind is believed: whatever is below may be written by
the sender. What was found to be well gives no right; only a failure counts.
"""

import re

SIZE = 4_000
BAD_SPF = ("fail", "softfail", "hardfail")
RESULT = re.compile(
    r"\s{0,9}(spf|dkim|dmarc)(?:/\d)?\s{0,9}=\s{0,9}([a-z]{1,20})", re.I
)
DOMAIN = re.compile(
    r"(?:header\.(?:d|i)|smtp\.mailfrom)\s{0,9}=\s{0,9}\"?[^\s@;\"]{0,99}?@?"
    r"([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9})(?![\w@.-])",
    re.I,
)


def failure(message, sender, servers=()):
    """Find out whether a letter failed.

    :param message: ``email.message.Message``
    :param str sender: the address in ``From``
    :param servers: ids of our own servers, as they write them; where none is given the
        first header is taken for one of ours
    :return: what failed, as ``spf=fail``; empty where nothing did, or nobody looked
    """
    results = _results(message, [server.lower() for server in servers])
    domain = sender.rpartition("@")[2].lower().strip(" >")
    dmarc = [result for kind, result, _domain in results if kind == "dmarc"]
    if "pass" in dmarc:
        return ""
    if "fail" in dmarc:
        return "dmarc=fail"
    if any(
        kind == "dkim" and result == "pass" and _belongs(domain, other)
        for kind, result, other in results
    ):
        return ""
    spf = [(result, other) for kind, result, other in results if kind == "spf"][:1]
    for result, _other in spf:
        if result in BAD_SPF:
            return f"spf={result}"
    if any(kind == "dkim" and result == "fail" for kind, result, _domain in results):
        vouched = any(
            result == "pass" and _belongs(domain, other) for result, other in spf
        )
        return "" if vouched else "dkim=fail"
    return ""


def _belongs(domain, other):
    """Whether what a server vouches for is the domain of the sender, or unknown."""
    return (
        not other
        or domain == other
        or domain.endswith(f".{other}")
        or other.endswith(f".{domain}")
    )


def _results(message, servers):
    """What the server found: triples of method, result, and the domain it is about."""
    results = []
    for header in message.get_all("Authentication-Results") or ():
        pieces = _without_comments(str(header)[:SIZE]).split(";")
        server = pieces[0].split()[:1] if "=" not in pieces[0] else []
        if servers and not (server and server[0].lower() in servers):
            continue
        for piece in pieces:
            found = RESULT.match(piece)
            if found:
                about = DOMAIN.search(piece)
                results.append(
                    (
                        found[1].lower(),
                        found[2].lower(),
                        about[1].lower() if about else "",
                    )
                )
        break
    if not any(kind == "spf" for kind, _result, _domain in results):
        for header in (message.get_all("Received-SPF") or ())[:1]:
            word = str(header)[:SIZE].split()[:1]
            results += [("spf", word[0].strip(";:").lower(), "")] if word else []
    return results


def _without_comments(text):
    kept, depth = [], 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
