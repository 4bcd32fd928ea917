// A press while the network is away or while files are on their way: the page stays, says so beside the button, and sends what was
// pressed when the network is back and the files are attached. A browser that sends it without network shows its own page in place of
// ours, and what was typed is gone; one that sends it before a file is attached leaves the file behind.
//
//   <body data-away="…" data-away-again="…">   the words: kept and waiting; not sent because something was changed since
//   form.dataset.away     set by whoever knows that the server cannot be reached (forms.js, while its saves fail)
//   form.uploads          how many files are on their way (forms.js, upload.js)
//   "nintei:back", "nintei:attached"   the events on the form that say that the server can be reached again, that a file is attached
//   "nintei:unsent"       the event that says that what was pressed cannot go by itself any more; its detail are the words why

const waiting = new Map(); // form → {button, line}

function line(form, button) {
  const beside = button?.closest(".actions") ?? form.querySelector(".actions") ?? form;
  let found = beside.querySelector(":scope > [data-away-line]");
  if (!found) {
    found = document.createElement("p");
    found.className = "away";
    found.dataset.awayLine = "";
    found.setAttribute("role", "alert");
    beside.append(found);
  }
  return found;
}

/** Why a press has to wait, in words; empty when it need not. */
function why(form) {
  if (navigator.onLine === false || form.dataset.away) return document.body.dataset.away;
  return form.uploads ? JSON.parse(form.dataset.texts).waiting : "";
}

function hold(form, button) {
  const said = line(form, button);
  said.textContent = why(form);
  waiting.set(form, { button, said });
}

function drop(form, words) {
  const held = waiting.get(form);
  if (!held) return;
  waiting.delete(form);
  held.said.textContent = words || document.body.dataset.awayAgain;
}

function back(form) {
  const held = waiting.get(form);
  if (!held) return;
  if (why(form)) {
    held.said.textContent = why(form);
    return;
  }
  waiting.delete(form);
  held.said.remove();
  if (form.isConnected) form.requestSubmit(held.button?.isConnected ? held.button : undefined);
}

// First of all who hear of a press: the others would mark the form as sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const posts = (event.submitter?.getAttribute("formmethod") ?? form.method) === "post";
  if (!posts || !why(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  hold(form, event.submitter);
}, true);

for (const kind of ["nintei:back", "nintei:attached"]) document.addEventListener(kind, (event) => back(event.target));
document.addEventListener("nintei:unsent", (event) => drop(event.target, event.detail));
window.addEventListener("online", () => {
  for (const form of [...waiting.keys()]) back(form);
});
// Whoever goes on typing presses again: what they mean now is not what they pressed.
document.addEventListener("input", (event) => {
  if (event.target.form) drop(event.target.form);
});
