// A press while the network is away: the page stays, says so beside the button, and sends what was pressed when the network is back.
// A browser that sends it nevertheless shows its own page in place of ours, and what was typed is gone.
//
//   <body data-away="…" data-away-again="…">   the words: kept and waiting; not sent because something was changed since
//   form.dataset.away     set by whoever knows that the server cannot be reached (forms.js, while its saves fail)
//   "nintei:back"         the event on the form that says that it can be reached again

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

function hold(form, button) {
  const said = line(form, button);
  said.textContent = document.body.dataset.away;
  waiting.set(form, { button, said });
}

function back(form) {
  const held = waiting.get(form);
  if (!held) return;
  waiting.delete(form);
  held.said.remove();
  if (form.isConnected) form.requestSubmit(held.button?.isConnected ? held.button : undefined);
}

// First of all who hear of a press: the others would mark the form as sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const posts = (event.submitter?.getAttribute("formmethod") ?? form.method) === "post";
  if (!posts || !(navigator.onLine === false || form.dataset.away)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  hold(form, event.submitter);
}, true);

document.addEventListener("nintei:back", (event) => back(event.target));
window.addEventListener("online", () => {
  for (const form of [...waiting.keys()]) if (!form.dataset.away) back(form);
});
// Whoever goes on typing presses again: what they mean now is not what they pressed.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  const held = form && waiting.get(form);
  if (!held) return;
  waiting.delete(form);
  held.said.textContent = document.body.dataset.awayAgain;
});
