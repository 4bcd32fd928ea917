"""Link events: an arrow in two pieces, so that a large drawing needs no line across it (BPMN 2.0.2, section 10.5.5).

Several may throw a link, one catches it, and both stand in the same process or the same subprocess. Whoever reads a
diagram finds a flow between them and need not know of links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.bpmn.model import Element, Flow
from app.bpmn.words import even
from app.errors import N_
from app.text.xml import Xml

LINK = "linkEventDefinition"
CATCHES, THROWS = "intermediateCatchEvent", "intermediateThrowEvent"

Said = tuple[str, dict[str, str]]  # a message id and its facts


def link_of(node: Xml) -> str:
    """The name by which a link event finds its other half: the definition's, else what is written beside the event."""
    definition = node.first(LINK)
    return "" if definition is None else even(definition.get("name")) or even(node.get("name"))


def linked(around: Xml, file: str, inside: str) -> Iterator[Flow]:
    """The flows that no arrow shows, in the order of the file: from each event that throws a link to the first
    one that catches it."""
    caught: dict[str, str] = {}
    for node in around.all(CATCHES):
        if name := link_of(node):
            caught.setdefault(name, node.get("id"))
    for node in around.all(THROWS):
        name, source = link_of(node), node.get("id")
        if name in caught:
            yield Flow(f"{source}:link", "", source, caught[name], file, inside, line=node.line, shown=False)


def wrong(element: Element, elements: Mapping[str, Element], flows: Mapping[str, Flow]) -> Iterator[Said]:
    """What is wrong with a link event. `elements`, `flows`: of the process around it, by id."""
    if not element.link:
        yield N_("The link has no name: write the same one at both of its ends."), {}
        return
    named = {"name": element.link}
    if element.kind == THROWS:
        if any(flows[each].shown for each in element.leaving):
            yield N_("No arrow may lead out of this link event: it leads on at the one of the same name."), {}
        if not any(not flows[each].shown for each in element.leaving):
            yield N_("No link event of this process catches “%(name)s”: draw the one at which it goes on."), named
        return
    if any(flows[each].shown for each in element.incoming):
        yield N_("No arrow may lead into this link event: it is reached from the ones of the same name."), {}
    same = (each for each in elements.values() if each.kind == CATCHES and each.link == element.link)
    if next(same, element).id != element.id:
        yield N_("Another link event of this process catches “%(name)s”, too: change one of the names."), named
