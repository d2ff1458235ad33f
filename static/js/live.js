// The page follows what the partner does: a stream tells which rooms changed, and the page is fetched again and morphed.
(() => {
  "use strict";
  const doc = document, one = (query, from = doc) => from.querySelector(query);
  const stream = one("#live"), old = one("#old"), told = one("#told");
  const page = () => one("#page[hx-trigger]");
  if (!stream || !page() || !window.htmx) return;
  const ours = (event) => event.detail.ctx?.sourceElement;

  // ---- What somebody has typed or chosen and not sent stays, whatever comes in.
  const differs = (control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
    if (control.matches("select")) {
      const chosen = [...control.options];
      return chosen.some((option) => option.defaultSelected) ? chosen.some((option) => option.selected !== option.defaultSelected) : control.selectedIndex > 0;
    }
    return control.matches("input:not([type=hidden]), textarea") && control.value !== control.defaultValue;
  };
  const wrong = "[aria-invalid=true], .summary";
  const touched = (form) => [...form.elements].some(differs) || Boolean(one(wrong, form));
  // Where whatever comes shows what the draft holds (data-found), only what was touched has to stay.
  const holds = (form) => touched(form) || (form.dataset.draft && !("found" in form.dataset) && [...form.elements].some((control) => control.matches("textarea, input[type=text]") && control.value));
  // What a draft holds is found again; what was touched since, or turned down, stands here alone.
  const held = () => [...page().querySelectorAll("form")].some(touched);
  // Forms are known by what they do, the first, the second: so that a form is never taken for another one.
  const named = (root) => {
    const forms = new Map();
    for (const form of root.querySelectorAll("form")) {
      const does = form.getAttribute("action") ?? "";
      let count = 1;
      while (forms.has(`form:${does}:${count}`)) count += 1;
      forms.set(`form:${does}:${count}`, form);
    }
    forms.forEach((form, name) => { form.id ||= name; });
    return forms;
  };
  htmx.registerExtension("keep", {
    htmx_before_morph_node: (_source, { oldNode, newNode }) => {
      // A version stays beneath the words that were typed on it, so that an edit that crossed another is told of it.
      if (oldNode.nodeName === "FORM" && holds(oldNode)) return false;
      // Nor does a sentence go that answers what was just sent.
      if (oldNode.matches?.("section") && one(":scope > [role=alert]", oldNode)) return false;
      if (oldNode.matches?.("audio, video") && oldNode.getAttribute("src") === newNode.getAttribute?.("src")) return false;
      return true;
    },
  });

  // ---- Looking again.
  let up = false;
  const say = (words, link) => {
    if (old.dataset.said === words) return;
    old.dataset.said = words;
    old.replaceChildren(words);
    if (words && link) {
      const again = Object.assign(doc.createElement("a"), { href: location.href, textContent: old.dataset.again });
      old.append(" ", again);
    }
  };
  // Somebody who exits, or has just sent a form, is on the way to another page: nothing may come before it.
  const leaving = () => Boolean(one(".leaving, [aria-busy=true]"));
  const moved = () => say(old.dataset.moved, true);
  const aged = () => say(old.dataset.old, !held());
  let gone = false;
  const reload = () => {
    if (gone || leaving()) return;
    gone = true;
    location.reload();
  };
  const afresh = () => (held() ? moved() : reload());
  // What would lose a word isn't offered any more once there is one; where the page has moved on, the sentence says so.
  doc.addEventListener("input", () => old.dataset.said === old.dataset.old && held() && one("a", old)?.remove());
  const grown = new WeakSet();
  doc.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (ours(event) === stream) {
      const asked = performance.getEntriesByType("navigation")[0]?.requestStart ?? 0;
      headers = ctx.request.headers;
      headers["X-Age"] = String(Math.round(performance.now() - asked));
    } else if (ours(event) === page()) {
      ctx.asked = swaps;
      const list = one("#more", page())?.parentElement ?? [...page().querySelectorAll(".list")].find((each) => grown.has(each));
      if (list) ctx.request.headers["X-Rows"] = String([...list.children].filter((row) => row.id !== "more").length);
    }
  });
  let before = "", eye, height, swaps = 0, again, tries = 0;
  const resync = () => leaving() || htmx.trigger(page(), "resync");
  // Later each time, and not all at the same moment.
  const retry = () => {
    clearTimeout(again);
    again = setTimeout(() => (doc.hidden ? retry() : resync()), Math.min(60000, 4000 * 2 ** tries++) * (0.7 + 0.6 * Math.random()));
  };
  doc.addEventListener("htmx:before:swap", (event) => {
    const source = ours(event);
    if (source?.closest("#more")) grown.add(source.closest("#more").parentElement);
    if (source !== page()) { swaps += 1; return; }
    tries = 0;
    const { ctx, tasks } = event.detail, fresh = tasks[0].fragment;
    if (ctx.asked !== swaps) {
      // Something was done here meanwhile: what was asked for before doesn't know of it.
      event.preventDefault();
      setTimeout(resync);
      return;
    }
    const elsewhere = ctx.response?.raw?.redirected || !one("#page", fresh);
    const forms = named(page()), coming = named(fresh);
    const dialog = one("dialog[open]", page());
    const lost = dialog && !fresh.querySelector(`dialog[id="${CSS.escape(dialog.id)}"]`);
    if (elsewhere || lost || [...forms].some(([name, form]) => holds(form) && !coming.has(name))) {
      event.preventDefault();
      if (elsewhere) afresh(); else moved();
      return;
    }
    before = page().innerText;
    // What comes in above moves nothing under the finger: the field in use, or what the eye is on, stays where it is.
    const used = doc.activeElement, box = used.getBoundingClientRect();
    const seen = page().contains(used) && box.bottom > 0 && box.top < innerHeight;
    eye = seen ? used : doc.elementFromPoint(innerWidth / 2, innerHeight / 3);
    height = eye?.getBoundingClientRect().top;
    doc.documentElement.style.overflowAnchor = "none";
  });
  doc.addEventListener("htmx:after:swap", (event) => {
    if (ours(event) !== page() || !before) return;
    if (eye?.isConnected && scrollY) scrollBy({ top: eye.getBoundingClientRect().top - height, behavior: "instant" });
    doc.documentElement.style.overflowAnchor = "";
    if (page().innerText !== before) {
      told.textContent = told.dataset.told;
      setTimeout(() => (told.textContent = ""), 5000);
    }
    before = "";
    if (old.dataset.said === old.dataset.moved || up) say("");
  });
  doc.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (ours(event) === stream) refused(status);
    if (ours(event) !== page()) return;
    if ([403, 404, 410].includes(status)) afresh();
    if (status >= 500 || status === 429) { aged(); retry(); }
    if (status === 401 && !held()) reload();
  });
  doc.addEventListener("htmx:error", (event) => {
    if (ours(event) === stream) refused();
    if (ours(event) === page()) { aged(); retry(); }
  });

  // ---- The stream: open while the page is looked at. What it misses is told when it is open again.
  let late, watch, connection, headers;
  const alive = () => {
    clearTimeout(watch);
    // Hidden while it was being opened: nothing else lets it go.
    if (doc.hidden) connection?.reader?.cancel();
    // Two beats missed: whatever lies between has let it go without a word.
    watch = setTimeout(() => connection?.reader?.cancel(), 55000);
  };
  const lost = () => {
    up = false;
    clearTimeout(watch);
    late ??= setTimeout(() => !up && !doc.hidden && aged(), 8000);
  };
  const refused = (status) => {
    lost();
    // Nobody is signed in here any more, or may have a stream: the page itself finds out.
    if ([401, 403].includes(status)) resync();
  };
  const open = () => !doc.hidden && !up && !leaving() && htmx.trigger(stream, "open");
  stream.addEventListener("htmx:sse:after:connection", (event) => {
    up = true;
    connection = event.detail.connection;
    clearTimeout(late);
    late = null;
    if (old.dataset.said === old.dataset.old) say("");
    alive();
  });
  stream.addEventListener("htmx:sse:before:message", alive);
  stream.addEventListener("htmx:sse:before:connection", (event) => {
    if (doc.hidden || leaving()) return event.preventDefault();
    if (!event.detail.connection.attempt) return;
    // Nobody knows how old the page is by now.
    delete headers["X-Age"];
    lost();
  });
  stream.addEventListener("htmx:sse:error", (event) => {
    const { connection: lostOne, status } = event.detail;
    if ([401, 403].includes(status)) lostOne.config.reconnect = false;
    refused(status);
  });
  stream.addEventListener("htmx:sse:close", lost);
  doc.addEventListener("visibilitychange", () => {
    clearTimeout(late);
    late = null;
    setTimeout(() => { open(); if (!up) lost(); }, 1500);
  });
  window.addEventListener("online", open);
  // A new day opens what waited for it.
  let day = new Date().getDate();
  setInterval(() => {
    open();
    if (doc.hidden || day === new Date().getDate()) return;
    day = new Date().getDate();
    resync();
  }, 60000);
  const start = () => setTimeout(() => { open(); if (!up) lost(); });
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", start); else start();
})();
