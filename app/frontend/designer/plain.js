// The editor of last resort: text in a text field. Used where no better one was built.
import { h, t } from "./words.js";

export async function open(host, file, shell) {
  const area = h("textarea", {
    class: "dz-plain", spellcheck: "false", readonly: file.readOnly, "aria-label": t("Text of %(file)s", { file: file.path }), oninput: () => shell.changed(),
  });
  area.value = file.content ?? "";
  host.replaceChildren(area);
  return {
    content: async () => area.value,
    goTo(where) {
      area.focus();
      const line = Number(where?.line ?? /^\d+$/.exec(where)?.[0] ?? 0);
      if (!line) return;
      const start = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      area.setSelectionRange(start, start);
    },
    close() {},
  };
}
