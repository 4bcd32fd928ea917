"""What the receiving mail server found out about a mail's sender: Authentication-Results (RFC 8601) and Received-SPF
(RFC 7208 section 9.1).

Anybody can write such headers into a mail. So a good result never makes a mail more believable than one without any,
and a bad one is believed of the topmost header that a trusted server wrote: what a sender smuggles in lies below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message

from app.connectors import charsets

LONGEST = 10_000  # characters of a header that are looked at
_MOST = 30  # headers
_RESULT = re.compile(r"^\s*([a-z0-9_-]{1,30})\s*(?:/\s*\d{1,3}\s*)?=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(r"\b([a-z0-9_-]{1,30}\.[a-z0-9_-]{1,30})\s*=\s*(\"[^\"]{0,300}\"|[^\s;]{1,300})", re.IGNORECASE)
_SPF = re.compile(r"^\s*(softfail|fail)\b", re.IGNORECASE)
_RECEIVER = re.compile(r"\breceiver\s*=\s*\"?([a-z0-9.-]{1,255})", re.IGNORECASE)
WITHOUT_NAME = "-"  # how a setting names a server that writes results without its name, as Microsoft 365 does


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word counts. `names`: servers, in small letters; `domains`: every server below one. `strict`: of others'
    headers nothing is believed; else the topmost header's bad word counts where no trusted server wrote one."""

    names: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    strict: bool = False

    def knows(self, server: str) -> bool:
        """Whether the server is one of these."""
        return (server or WITHOUT_NAME) in self.names or any(
            server == each or server.endswith(f".{each}") for each in self.domains
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """The sender is not who the mail says. `by`: the server that says so; `said`: its results, as dmarc=fail."""

    by: str
    said: tuple[str, ...]


@dataclass
class _Results:
    server: str
    found: dict[str, list[tuple[str, Mapping[str, str]]]] = field(default_factory=dict)  # method → (result, properties)


def doubt(message: Message, sender: str, trust: Trust) -> Doubt | None:
    """Why the mail is not believed to be of `sender`; none when nothing is said against it."""
    headers = [(name.lower(), str(value)[:LONGEST]) for name, value in message.raw_items()]
    results = _counted(headers, trust)
    spf = _received_spf(headers, trust)
    if spf and "spf" not in (results.found if results else {}):
        results = results or _Results(spf[1])
        results.found["spf"] = [(spf[0], {})]
    said = _against(results.found, sender.rpartition("@")[2]) if results else ()
    return Doubt(results.server, said) if results and said else None


def _counted(headers: Iterable[tuple[str, str]], trust: Trust) -> _Results | None:
    """The topmost header of a trusted server; where one server writes a header for each method, those right below it
    add what it does not say, but nothing good."""
    counted: _Results | None = None
    other: _Results | None = None
    seen = 0
    for name, value in headers:
        if counted and name == "received":
            break
        if name != "authentication-results" or seen >= _MOST:
            continue
        seen += 1
        each = _parse(value)
        if counted is None and trust.knows(each.server):
            counted = each
        elif counted and each.server == counted.server:
            for method, found in each.found.items():
                if method not in counted.found and all(result != "pass" for result, _ in found):
                    counted.found[method] = found
        elif other is None:
            other = each
    return counted or (None if trust.strict else other)


def _received_spf(headers: Iterable[tuple[str, str]], trust: Trust) -> tuple[str, str] | None:
    """(fail or softfail, server) of the topmost one."""
    value = next((value for name, value in headers if name == "received-spf"), "")
    said, by = _SPF.match(value), _RECEIVER.search(value)
    server = by[1].lower() if by else ""
    if said is None or (trust.strict and not trust.knows(server)):
        return None
    return said[1].lower(), server


def _against(found: Mapping[str, list[tuple[str, Mapping[str, str]]]], domain: str) -> tuple[str, ...]:
    """The results that speak against the sender. DMARC decides where it was asked; else SPF and DKIM, of which one that
    holds for the sender's own domain is enough."""
    dmarc = {result for result, _ in found.get("dmarc", ())}
    if "pass" in dmarc:
        return ()
    bad = {"spf": {"fail", "softfail"}, "dkim": {"fail"}, "dmarc": {"fail"}}
    said = [
        f"{method}={result}" for method in ("dmarc", "spf", "dkim") for result, _ in found.get(method, ())
        if result in bad[method]
    ]  # fmt: skip
    if "fail" not in dmarc and any(_holds(method, found.get(method, ()), domain) for method in ("spf", "dkim")):
        return ()
    return tuple(dict.fromkeys(said))


_OF_DOMAIN = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i")}


def _holds(method: str, results: Iterable[tuple[str, Mapping[str, str]]], domain: str) -> bool:
    for result, properties in results:
        names = [properties[each] for each in _OF_DOMAIN[method] if each in properties]
        if result == "pass" and (not names or any(_akin(name.rpartition("@")[2], domain) for name in names)):
            return True
    return False


def _akin(one: str, other: str) -> bool:
    """Whether two domains are of one owner, as far as that shows (relaxed alignment, RFC 7489 section 3.1)."""
    return bool(one) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}")) and "." in one


def _parse(value: str) -> _Results:
    sections = _sections(charsets.tidy(value))
    first = sections[0].strip() if sections else ""
    server = "" if "=" in first else first.partition(" ")[0].strip("\"'").lower()[:255]
    results = _Results(server)
    for section in sections if "=" in first else sections[1:]:
        match = _RESULT.match(section)
        if match:
            properties = {name.lower(): value.strip('"').lower() for name, value in _PROPERTY.findall(section)}
            results.found.setdefault(match[1].lower(), []).append((match[2].lower(), properties))
    return results


def _sections(value: str) -> list[str]:
    """The parts between semicolons, without comments (which may lie in each other)."""
    sections, current, depth, quoted = [], [], 0, False
    for each in value.replace("\n", " ").replace("\t", " "):
        if each == '"' and not depth:
            quoted = not quoted
        if quoted or each not in "();":
            if not depth:
                current.append(each)
        elif each == "(":
            depth += 1
        elif each == ")":
            depth = max(0, depth - 1)
        elif not depth:
            sections.append("".join(current))
            current = []
    return [*sections, "".join(current)]
