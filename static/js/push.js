// Reminders on this device: asks the browser for an address, when the button is pressed and not before.
(() => {
  "use strict";
  const form = document.querySelector("form[data-push]"), { dataset } = form;
  const ready = form.querySelector("[data-ready]"), says = form.querySelector("[role=alert]"), { serviceWorker } = navigator;
  const say = (words) => { says.textContent = words; says.hidden = !words; };
  document.querySelector("[data-no-script]").remove();
  if (!serviceWorker || !window.PushManager || !window.Notification) return say(dataset.never);
  if (Notification.permission === "denied") return say(dataset.denied);

  const offer = async () => {
    const { pushManager } = await serviceWorker.ready;
    const there = await pushManager.getSubscription();
    ready.hidden = Boolean(there && "here" in dataset);
  };
  const subscribe = async () => {
    const { pushManager } = await serviceWorker.ready;
    // One that isn't this account's here may be another's: a new one is nobody else's.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: dataset.push });
    const { endpoint, keys } = made.toJSON();
    return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
  };
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    say("");
    try {
      if ((await Notification.requestPermission()) !== "granted") say(dataset.denied);
      else {
        Object.entries(await subscribe()).forEach(([name, value]) => (form.elements[name].value = value));
        setTimeout(() => form.requestSubmit()); // not while the first one is still being told around
      }
    } catch {
      say(dataset.failed);
    }
    form.ariaBusy = null;
  });
  window.addEventListener("pageshow", () => (form.elements.endpoint.value = ""));
  offer();
})();
