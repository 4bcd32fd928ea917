// 作る: files that a diagram names and that are not there yet, as small as they can be and still right.
const quoted = (text) => JSON.stringify(text.split(/\s+/).join(" ").trim());

export const SKELETONS = {
  mail: (id, title, t) => [`mail/${id}.md`, `+++\nsubject = ${quoted(title || id)}\nto = "vendor"\n+++\n${t("Write the text of the mail here.")}\n`],
  document: (id, title, t) => [`pdf/${id}.html`,
    `+++\ntitle = ${quoted(title || id)}\nfilename = ${quoted(`${title || id}.pdf`)}\naudience = "both"\n+++\n{% extends "_shared/letter.html" %}\n{% block content %}\n<p>${t("Write the text of the document here.")}</p>\n{% endblock %}\n`],
};

export const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** An empty form, or one like another: its components, under the new element's id. */
export function form(id, like) {
  const made = like ? JSON.parse(like) : { schemaVersion: 16, type: "default", components: [] };
  return `${JSON.stringify({ schemaVersion: made.schemaVersion ?? 16, type: "default", ...made, id }, null, 2)}\n`;
}
