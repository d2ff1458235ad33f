// Passkeys: asks the browser for one, and sends what it says with the form around the button.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const list = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

  const asked = async ({ options, from }) => {
    if (options) return JSON.parse(options).publicKey;
    const answer = await fetch(from, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).request_options.publicKey;
  };
  const make = (key) => navigator.credentials.create({ publicKey: {
    ...key,
    challenge: bytes(key.challenge),
    user: { ...key.user, id: bytes(key.user.id) },
    excludeCredentials: list(key.excludeCredentials),
    authenticatorSelection: { ...key.authenticatorSelection, residentKey: "required", requireResidentKey: true },
  } });
  const use = (key) => navigator.credentials.get({ publicKey: {
    ...key, challenge: bytes(key.challenge), allowCredentials: list(key.allowCredentials),
  } });
  const told = ({ id, type, rawId, response }, results) => JSON.stringify({
    id, type, rawId: text(rawId), clientExtensionResults: results,
    response: Object.fromEntries(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
      .filter((name) => response[name]).map((name) => [name, text(response[name])])),
  });

  document.querySelectorAll("[data-no-script]").forEach((tip) => tip.remove());
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const { dataset } = form, says = form.querySelector("[role=alert]"), field = form.elements.credential;
    const say = (words) => { says.textContent = words; says.hidden = !words; };
    if (!window.PublicKeyCredential) return dataset.never && say(dataset.never);
    form.querySelector("[data-ready]").hidden = false;
    window.addEventListener("pageshow", () => (field.value = ""));
    form.addEventListener("submit", async (event) => {
      if (field.value) return;
      event.preventDefault();
      if (form.ariaBusy) return;
      form.ariaBusy = "true";
      say("");
      try {
        const key = await asked(dataset), made = await (dataset.passkey === "make" ? make(key) : use(key));
        field.value = told(made, made.getClientExtensionResults());
        form.requestSubmit(event.submitter);
      } catch (error) {
        say({ NotAllowedError: dataset.none, InvalidStateError: dataset.again, SecurityError: dataset.never }[error.name] || dataset.failed);
      }
      form.ariaBusy = null;
    });
  });
})();
