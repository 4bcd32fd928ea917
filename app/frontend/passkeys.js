// Forms that ask the device for a passkey (Web Authentication Level 3): <form data-passkey="sign-in | second | prove | make"> with
// a hidden field `credential`. What the device answers is posted with the form; without scripts the form says so itself.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const keys = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

/** The answer of the device as JSON (RegistrationResponseJSON, AuthenticationResponseJSON). */
function told(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

async function asked(purpose) {
  const answer = await fetch(`/passkeys/options?for=${purpose}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("away");
  const { handle, ...options } = await answer.json();
  options.challenge = bytes(options.challenge);
  if (purpose !== "make") return told(await navigator.credentials.get({ publicKey: { ...options, allowCredentials: keys(options.allowCredentials) } }));
  options.user.id = bytes(options.user.id);
  const made = await navigator.credentials.create({ publicKey: { ...options, excludeCredentials: keys(options.excludeCredentials) } });
  return { ...told(made), handle };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const words = form.querySelector("[data-passkey-words]").dataset;
  const place = form.querySelector("[data-passkey-error]");
  const say = (sentence) => {
    place.textContent = sentence;
    place.hidden = !sentence;
  };
  form.addEventListener("submit", async (event) => {
    const { passkey, passkeyButton } = form.dataset;
    if (passkeyButton && event.submitter?.name !== passkeyButton) return; // another button of the form
    event.preventDefault();
    say("");
    if (!window.PublicKeyCredential) return say(words.none);
    try {
      form.elements.namedItem(form.dataset.passkeyField ?? "credential").value = JSON.stringify(await asked(passkey));
    } catch (error) {
      return say(error.message === "away" || error instanceof TypeError ? words.away : words.stopped);
    }
    form.submit();
  });
}
