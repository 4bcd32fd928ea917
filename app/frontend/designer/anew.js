// What is drawn anew behind somebody's back, since something was saved or checked: a press that has begun there ends on what it began on, and the
// focus stays where it was.
const waiting = new Map(); // host → what is to be drawn there
let pressed = null;

document.addEventListener("pointerdown", ({ target }) => { pressed = target; }, true);
for (const kind of ["pointerup", "pointercancel"]) {
  document.addEventListener(kind, () => setTimeout(() => { // the click comes first
    pressed = null;
    const left = Array.from(waiting.values());
    waiting.clear();
    for (const draw of left) draw();
  }), true);
}

/** `draw()` fills the host, now or when the press in it is over. `called(element)` tells what has the focus from what else is there, before and after. */
export function anew(host, draw, called) {
  if (host.contains(pressed)) {
    waiting.set(host, () => anew(host, draw, called));
    return;
  }
  const at = document.activeElement;
  const name = at !== host && host.contains(at) ? called(at) : null;
  draw();
  if (name !== null && !host.contains(document.activeElement)) Array.from(host.querySelectorAll("button, summary")).find((each) => called(each) === name)?.focus();
}
