// A short table of texts, row by row: options, columns, steps.
import { button, el } from "./dom.js";

/** `columns`: [[key, title, "flag"?]]; `change(rows)` takes all rows; keys that are no column's are kept. */
export function rowsEditor(id, rows, columns, t, change) {
  const body = el("tbody");
  const place = el("div", { class: "ed-rows", id, tabindex: "-1" },
    el("table", {}, el("thead", {}, el("tr", {}, ...columns.map(([, title]) => el("th", { scope: "col" }, title)), el("td"))), body),
    button(t("Add a row"), () => {
      kept.push({});
      draw();
      body.lastElementChild.querySelector("input").focus();
    }));
  let kept = rows.map((row) => ({ ...row }));

  const settle = () => change(kept.filter((row) => Object.keys(row).length).map((row) => ({ ...row })));

  function cell(row, [key, title, kind], number) {
    const label = `${title} ${number + 1}`;
    if (kind === "flag") {
      return el("input", { type: "checkbox", "aria-label": label, checked: row[key] === true || row[key] === "true", change: ({ target }) => {
        if (target.checked) row[key] = true;
        else delete row[key];
        settle();
      } });
    }
    return el("input", { class: "ed-input", "aria-label": label, value: row[key] ?? "", change: ({ target }) => {
      if (target.value) row[key] = target.value;
      else delete row[key];
      settle();
    } });
  }

  function swap(one, other) {
    [kept[one], kept[other]] = [kept[other], kept[one]];
    settle();
    draw();
  }

  function draw() {
    body.replaceChildren(...kept.map((row, number) =>
      el("tr", {}, ...columns.map((column) => el("td", {}, cell(row, column, number))),
        el("td", { class: "ed-rowtools" },
          number ? el("button", { type: "button", class: "ed-tool", "aria-label": `${t("Up")} ${number + 1}`, click: () => swap(number, number - 1) }, "↑") : null,
          el("button", { type: "button", class: "ed-tool", "aria-label": `${t("Remove")} ${number + 1}`, click: () => {
            kept.splice(number, 1);
            settle();
            draw();
          } }, "×")))));
  }
  draw();
  return place;
}
