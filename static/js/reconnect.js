// Everything here improves a page that works without it. Nothing is kept in the browser's storage.
(() => {
  "use strict";
  const doc = document, root = doc.documentElement;
  const one = (query, from = doc) => from.querySelector(query);
  const all = (query, from = doc) => from.querySelectorAll(query);
  const on = (type, act, where = doc, options) => where.addEventListener(type, act, options);
  const words = one("#words")?.dataset ?? {};
  const make = (tag, about, ...inside) => {
    const made = Object.assign(doc.createElement(tag), about);
    made.append(...inside);
    return made;
  };

  // ---- The service worker, for whoever is signed in (decision 0017); and away from the page that it shows offline.
  const workers = navigator.serviceWorker;
  let worker;
  workers?.ready.then((found) => (worker = found));
  if (doc.body.hasAttribute("hx-headers:inherited")) on("load", () => workers?.register("/sw.js").catch(() => {}), window);
  if (one("[data-reload=online]")) on("online", () => location.reload(), window);

  // ---- Exit this page: after the pattern of GOV.UK's design system.
  const exit = one("#exit");
  if (exit) {
    const button = one("button", exit), title = doc.title;
    const spoken = make("span", { className: "unseen", role: "status" });
    const lights = make("span", { className: "lights", hidden: true }, make("i"), make("i"), make("i"));
    lights.ariaHidden = "true";
    button.append(lights);
    exit.append(spoken);
    let count = 0, timer, quiet, modified = false, cover;

    const show = () => {
      lights.hidden = !count;
      [...lights.children].forEach((light, at) => light.classList.toggle("on", at < count));
    };
    const leave = () => {
      clearTimeout(timer);
      spoken.textContent = "";
      // Modal dialogs live above everything: close them, or they would stand over the cover.
      all("dialog[open]").forEach((dialog) => dialog.close());
      cover ??= make("div", { className: "cover", role: "alert" });
      root.classList.add("leaving");
      doc.body.append(cover);
      cover.textContent = doc.title = words.loading;
      drafts.clear();
      // Without a connection the worker ends the session as soon as there is one, where the browser can wait for that.
      if (!navigator.onLine) worker?.sync?.register("exit").catch(() => {});
      try {
        fetch(exit.action, { method: "POST", body: new FormData(exit), keepalive: true, redirect: "manual" }).catch(() => {});
      } finally {
        location.replace(exit.dataset.exit);
      }
    };
    const reset = () => {
      clearTimeout(timer);
      const counted = count;
      count = 0;
      show();
      if (!counted) return;
      spoken.textContent = words.expired;
      quiet = setTimeout(() => (spoken.textContent = ""), 5000);
    };
    on("submit", (event) => { event.preventDefault(); leave(); }, exit);
    on("keyup", (event) => {
      if (event.key === "Shift" && !modified) {
        count += 1;
        show();
        clearTimeout(quiet);
        clearTimeout(timer);
        if (count > 2) { count = 0; leave(); }
        else {
          spoken.textContent = count === 1 ? words.shift2 : words.shift1;
          timer = setTimeout(reset, 5000);
        }
      } else if (count) reset();
      modified = event.shiftKey;
    }, doc, true);
    on("pageshow", (event) => {
      // Back, after leaving: the session has ended, so ask the server instead of showing what was here.
      if (event.persisted && cover) return location.reload();
      root.classList.remove("leaving");
      cover?.remove();
      count = 0;
      show();
      doc.title = title;
    }, window);
  }

  // ---- Words that come and go.
  const say = (text, stay) => {
    const box = one("#toasts");
    if (!box || !text || [...box.children].some((toast) => toast.classList.contains("stay") && toast.dataset.text === text)) return;
    const toast = make("p", { className: stay ? "toast stay" : "toast" }, text);
    toast.dataset.text = text;
    if (stay) {
      const close = make("button", { type: "button" }, words.close);
      on("click", () => toast.remove(), close);
      toast.append(close);
    }
    box.append(toast);
    while (box.children.length > 3) box.firstElementChild.remove();
  };
  on("animationend", (event) => event.animationName === "leave" && event.target.remove());

  // ---- Signed out while the page was open: what was typed stays, and the page takes over the new session's token.
  const gone = one("#gone");
  let away = Boolean(one("[data-away]"));
  const signedOut = () => {
    if (root.classList.contains("leaving")) return;
    away = true;
    if (gone && !gone.open) gone.showModal();
  };
  const refresh = async () => {
    if (!away || doc.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const headers = fresh.body.getAttribute("hx-headers:inherited");
      if (!headers) return;
      doc.body.setAttribute("hx-headers:inherited", headers);
      all("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = JSON.parse(headers)["X-CSRFToken"]));
      away = false;
      if (gone?.open) gone.close();
    } catch { /* still away; asked again when the page is looked at next */ }
  };
  on("visibilitychange", refresh);

  // ---- htmx: failures, confirm.
  on("htmx:response:error", (event) => {
    const { response: { status }, sourceElement } = event.detail.ctx;
    if (status === 401) signedOut();
    // What the page does by itself fails in silence: live.js says when the page may be old.
    else if (sourceElement?.matches("#live, #page")) return;
    else if (![409, 422].includes(status)) say(words.failed, true);
  });
  on("htmx:error", (event) => event.detail.ctx?.sourceElement?.matches("#live, #page") || say(words.offline, true));
  on("htmx:confirm", (event) => {
    const ask = one("#ask"), question = event.detail.ctx.confirm;
    if (!ask || !question) return;
    event.preventDefault();
    ask.returnValue = "";
    one("p", ask).textContent = question;
    on("close", () => (ask.returnValue === "yes" ? event.detail.issueRequest() : event.detail.dropRequest()), ask, { once: true });
    ask.showModal();
  });

  // ---- Drafts: what is typed and chosen in form[data-draft], sent to the server while typing.
  const drafts = new Map();
  const kept = "textarea[name], select[name], input:not([type=hidden], [type=password], [type=file])[name]";
  const keep = (form) => {
    const state = drafts.get(form);
    if (!state?.dirty) return;
    const going = keepNow(form, state).finally(() => state.going.delete(going));
    state.going.add(going);
  };
  const keepNow = async (form, state) => {
    clearTimeout(state.timer);
    state.dirty = false;
    const body = new FormData();
    for (const input of all(kept, form)) if (input.checked || !/radio|box/.test(input.type)) body.append(input.name, input.value);
    const token = one("[name=csrfmiddlewaretoken]", form)?.value ?? "";
    const tell = (text) => { const place = one("[data-draft-state]", form); if (place && place.textContent !== text) place.textContent = text; };
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body, keepalive: true, redirect: "manual",
        headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
      });
      state.lost = false;
      if (answer.ok) tell(words.kept);
      if (answer.status === 401 || answer.type === "opaqueredirect") signedOut();
    } catch {
      // Offline: the next keystroke tries again, unless the form was sent.
      if (!state.going.size) return;
      state.dirty = state.lost = true;
      tell(words.offline);
    }
  };
  const keepAll = () => drafts.forEach((state, form) => keep(form));
  on("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draft || !event.target.matches(kept)) return;
    const state = drafts.get(form) ?? { going: new Set() };
    drafts.set(form, state);
    state.dirty = true;
    clearTimeout(state.timer);
    state.timer = setTimeout(keep, 800, form);
  });
  on("visibilitychange", () => doc.hidden && keepAll());
  on("pagehide", keepAll, window);
  // Without a connection the words are here alone: whoever is about to leave is asked.
  on("beforeunload", (event) => [...drafts].some(([form, state]) => state.lost && form.isConnected) && event.preventDefault(), window);
  on("online", keepAll, window);

  // ---- A form is sent once, and no draft is kept behind it: what is on its way arrives first.
  on("submit", async (event) => {
    const form = event.target, state = drafts.get(form), button = event.submitter;
    const left = root.matches(".leaving") && form !== exit;
    if (!left && !state?.going.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (left) return;
    clearTimeout(state.timer);
    button?.setAttribute("aria-busy", "true");
    await Promise.race([Promise.all(state.going), new Promise((go) => setTimeout(go, 3000))]);
    button?.removeAttribute("aria-busy");
    state.going.clear();
    form.requestSubmit(button);
  }, doc, true);
  const sent = new Set();
  let sure;
  const release = () => {
    all("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    sent.clear();
  };
  on("submit", (event) => {
    const form = event.target, state = drafts.get(form);
    if (sent.has(form)) return event.preventDefault();
    if (event.defaultPrevented && form === exit) return;
    if (state) {
      clearTimeout(state.timer);
      state.dirty = false;
    }
    const byHtmx = [form, event.submitter].some((part) => part?.matches("[hx-post], [hx-get], [hx-put], [hx-delete], [hx-patch]"));
    if (byHtmx || event.defaultPrevented || form.method !== "post") return;
    // Sent offline, a form would be gone with what was typed: see first whether there is a connection.
    if (form !== sure && (state?.lost || !navigator.onLine)) {
      event.preventDefault();
      fetch("/offline/", { method: "HEAD" }).then(() => {
        sure = form;
        form.requestSubmit(event.submitter);
        sure = null;
      }, () => {
        if (state) state.dirty = state.lost = true;
        say(words.offline, true);
      });
      return;
    }
    if (state) state.lost = false;
    sent.add(form);
    if (form.elements.once) history.replaceState({ ...history.state, once: form.elements.once.value }, "");
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(release, 15000);
  });
  on("pageshow", release, window);
  // Back to a form that was sent: words that the browser puts back are of the row they made.
  on("pageshow", () => all("[name=once]").forEach((once) => {
    const typed = [...once.form.elements].some((input) => input.matches("textarea, input[type=text]") && input.value !== input.defaultValue);
    if (typed && history.state?.once) once.value = history.state.once;
  }), window);

  // ---- Near the limit of a textarea, say how much is left.
  on("input", (event) => {
    const area = event.target;
    if (!area.matches("textarea[maxlength]")) return;
    const left = area.maxLength - area.value.length, near = left <= Math.min(100, area.maxLength / 5);
    let note = area.nextElementSibling;
    if (!note?.matches(".count")) {
      if (!near) return;
      area.after((note = make("p", { className: "count", role: "status" })));
    }
    clearTimeout(note.timer);
    note.timer = setTimeout(() => (note.textContent = near ? words.left.replace("#", left) : ""), near && !note.textContent ? 0 : 400);
  });

  // ---- Copy a link: data-copy holds the text, or "#id" of the field that does.
  const copy = async (button) => {
    const field = button.dataset.copy.startsWith("#") ? one(button.dataset.copy) : null;
    const text = field ? field.value ?? field.textContent.trim() : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // On plain http there is no clipboard: select it, and use the older way.
      const area = field?.select ? field : button.parentNode.appendChild(make("textarea", { value: text, className: "unseen" }));
      area.select();
      doc.execCommand("copy");
      if (area !== field) area.remove();
    }
    say(words.copied);
  };
  on("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print], [data-open]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else if (button.dataset.open) { event.preventDefault(); one(button.dataset.open)?.showModal(); }
    else print();
  });

  // ---- "Show more" gives way to new rows: whoever stood on it stands on the first of them.
  let above;
  on("htmx:before:swap", (event) => {
    const more = doc.activeElement?.closest("#more");
    above = more?.contains(event.detail.ctx.sourceElement) ? more.previousElementSibling : null;
  });
  on("htmx:after:swap", () => {
    if (above) one("a[href], button", above.nextElementSibling ?? above)?.focus({ preventScroll: true });
    above = null;
  });

  // ---- What is set up on a page and on every fragment that comes in.
  const settle = (from) => {
    all("[data-copy][hidden], [data-print][hidden]", from).forEach((button) => (button.hidden = false));
    all("[data-timezone]", from).forEach((input) => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if (input.dataset.timezone === "set" || !zone) return;
      input.dataset.timezone = "set";
      if (!input.options || [...input.options].some((option) => option.value === zone)) input.value = zone;
    });
  };
  const lookAtErrors = (from) => (one(".summary", from) ?? one("[aria-invalid=true]", from))?.focus();
  on("htmx:after:swap", (event) => {
    settle(doc);
    if (event.detail.ctx.response?.status === 422) lookAtErrors(doc);
  });
  settle(doc);
  lookAtErrors(doc);
  // A live region speaks when it changes, not when it is there from the start.
  const waiting = all("#toasts > .toast");
  setTimeout(() => waiting.forEach((toast) => { toast.textContent = toast.textContent; }), 150);
})();
