"""Pages held to WCAG 2.2 A and AA by axe-core, each part of them once: to look through a whole page takes half a second
of a processor, and most of a page stands on many others.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "app/frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What axe-core can find fault with, by the element: what it is, what it says of itself and to what it refers, whether
# it is seen, has words, in which colours, among what it stands, and whether there is room. Pages of which each is known
# hold no more than those that were looked at. Gives them all, and keeps which elements they are.
PARTS = """() => {
  const met = (window.parts = new Map()), room = innerWidth < 640;
  const ground = each => {
    for (let at = each; at; at = at.parentElement) {
      const { backgroundColor: colour, backgroundImage: image } = getComputedStyle(at);
      if (image !== 'none' || !/^(transparent|rgba\\(.*, 0\\))$/.test(colour)) return colour + image;
    }
  };
  const ink = each => { const { color, fontSize, fontWeight } = getComputedStyle(each); return [color, fontSize, fontWeight, ground(each)]; };
  const about = each => each && each.localName + '.' + each.getAttribute('class');
  for (const each of document.querySelectorAll('*')) {
    const up = each.parentElement, names = each.getAttributeNames().filter(name => name !== 'class').sort();
    const refers = ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'list', 'headers']
      .filter(name => each.hasAttribute(name))
      .every(name => each.getAttribute(name).split(/\\s+/).every(id => !id || document.getElementById(id)));
    const said = ['role', 'type', 'lang', 'scope', 'aria-hidden', 'tabindex'].map(name => each.getAttribute(name));
    const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()), seen = each.checkVisibility();
    const key = [about(each), names, refers, said, Boolean(each.textContent.trim()), (each.labels || []).length,
      Boolean(each.getAttribute('aria-label') || each.title || each.getAttribute('alt')), room, seen,
      seen && own && ink(each), about(up), about(up && up.parentElement)].join('|');
    if (met.has(key)) met.get(key).push(each); else met.set(key, [each]);
  }
  if (!document.title.trim()) met.set('no title', [document.documentElement]);
  return [...met.keys()];
}"""  # noqa: E501 - JavaScript
# The new elements that stand in no other new one: what is within goes along. What is about a page as a whole is looked
# at where its body or its head is new.
FOUND = """([fresh, rules]) => {
  const all = new Set(fresh.flatMap(key => window.parts.get(key)));
  const within = each => { for (let up = each.parentElement; up; up = up.parentElement) if (all.has(up)) return true; };
  const first = [...all].filter(each => each.isConnected && !within(each));
  const whole = !first.length || first.some(each => each === document.body || !document.body.contains(each));
  return axe.run(whole ? document : { include: first }, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
}"""  # noqa: E501 - JavaScript
_passed: set[str] = set()  # parts of pages of which axe-core has found nothing to say


def axe(page: Page) -> list[str]:
    """What axe-core finds in what is new on the page; nothing of parts that it has passed on this page or another."""
    fresh = [part for part in page.evaluate(PARTS) if part not in _passed]
    if not fresh:
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(FOUND, [fresh, RULES])
    if not found["violations"]:
        _passed.update(fresh)
    return [
        f"{each['id']}: {each['help']}: {'; '.join(str(node['target']) for node in each['nodes'][:4])}"
        for each in found["violations"]
    ]
