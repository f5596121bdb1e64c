// Comfort on top of pages that work without it: no reload, prefetch, selection, keys, toasts.
import { Idiomorph } from "../vendor/idiomorph.js";
import { act, actOnRow, arrangeToolbars, chosen, clearSelection, endSelection, refreshSelection, showQuick, startSelection, ticks } from "./list.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A text of the page's language; `%n`, `%s`, `%m` are filled in. */
export function word(name, values = {}) {
  const text = $("#words")?.dataset[name] ?? "";
  return text.replace(/%([nsm])/g, (whole, key) => values[key] ?? whole);
}

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Toasts

const TOAST_MS = 8000;

export function expire(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "1";
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), TOAST_MS); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

export function toast(text, bad = false) {
  const box = $("#toasts");
  if (!box || !text) return;
  const note = element("p", { class: bad ? "toast bad" : "toast" }, element("span", {}, text));
  box.replaceChildren(note);
  expire(note);
}

// Requests

const FRESH_MS = 20000;
const cache = new Map();
let prefetching = null;

/** One request; the answer is a parsed document. */
export function request(method, url, body = null, { onProgress = null, headers = {} } = {}) {
  const xhr = new XMLHttpRequest();
  const answer = new Promise((resolve, reject) => {
    xhr.open(method, url);
    xhr.responseType = "document";
    // An answer without a body is an empty page, not broken XML.
    xhr.overrideMimeType("text/html; charset=utf-8");
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (onProgress) xhr.upload.addEventListener("progress", onProgress);
    xhr.onload = () => resolve({ status: xhr.status, url: xhr.responseURL, doc: xhr.response, tag: xhr.getResponseHeader("ETag") });
    xhr.onerror = () => reject(new Error("network"));
    xhr.onabort = () => reject(new Error("aborted"));
    xhr.send(body);
  });
  return { xhr, answer };
}

function fetchPage(url) {
  const kept = cache.get(url);
  if (kept && Date.now() - kept.at < FRESH_MS) return kept;
  const entry = { at: Date.now(), ...request("GET", url) };
  cache.set(url, entry);
  const forget = () => { if (cache.get(url) === entry) cache.delete(url); };
  entry.answer.then((answer) => { if (answer.status !== 200) forget(); }, forget);
  return entry;
}

function prefetch(link) {
  const url = link.href;
  if (!sameSite(url) || cache.has(url) || url === location.href) return;
  prefetching?.xhr.abort();
  prefetching = fetchPage(url);
}

export const MINIMAL = { Prefer: "return=minimal" };

/** A POST whose page nobody looks at: mark as read, save a draft. True when it was taken. */
export async function quietly(url, body, { keepalive = false, headers = MINIMAL } = {}) {
  cache.clear();
  const response = await fetch(url, { method: "POST", body, redirect: "manual", keepalive, credentials: "same-origin", headers });
  return { taken: response.type === "opaqueredirect" || response.ok, status: response.status, tag: response.headers.get("ETag") };
}

function sameSite(url) {
  const at = new URL(url, location.href);
  return at.origin === location.origin && at.pathname.startsWith(word("base"));
}

// Visits

let current = 0;
let pending = null;
let shown = location.pathname + location.search;

/** Things to do before the page changes: a module that holds unsaved text registers here. */
export const beforeLeaving = new Set();

export const forgetPages = () => cache.clear();

function showProgress(turn) {
  const line = element("div", { class: "line", "aria-hidden": "true" });
  const soon = setTimeout(() => { if (turn === current) document.body.append(line); }, 180);
  const later = setTimeout(() => { if (turn === current) document.body.classList.add("slow"); }, 1000);
  return () => { clearTimeout(soon); clearTimeout(later); line.remove(); document.body.classList.remove("slow"); };
}

/** Goes to a page (GET) or does something that leads to one (POST). `history`: push, replace or none. */
export async function visit(url, { method = "GET", body = null, history: how = "push", state = null, source = null } = {}) {
  const turn = ++current;
  for (const leave of [...beforeLeaving]) await leave(url, method);
  pending?.xhr.abort();
  let done = () => {};
  try {
    if (method === "POST") cache.clear();
    const entry = method === "GET" ? fetchPage(url) : request("POST", url, body);
    if (entry !== prefetching) pending = entry;
    prefetching = null;
    done = showProgress(turn);
    source?.setAttribute("aria-busy", "true");
    const answer = await entry.answer;
    if (method === "POST") cache.clear();
    if (turn !== current) return null;
    if (answer.status === 401 && (await signInAgain())) {
      cache.clear();
      return visit(url, { method, body, history: how, source });
    }
    if (!answer.doc?.body || !$("#words", answer.doc) || stale(answer.doc)) {
      location.assign(method === "GET" ? url : answer.url || location.href);
      return null;
    }
    show(answer, url, how, state, method);
    return answer;
  } catch (error) {
    if (turn === current && error.message !== "aborted") toast(word("offline"), true);
    return null;
  } finally {
    done();
    source?.removeAttribute("aria-busy");
    if (turn === current) pending = null;
  }
}

/** The server was renewed: its pages want other files. */
function stale(doc) {
  return $("link[rel=stylesheet]", doc)?.getAttribute("href") !== $("link[rel=stylesheet]").getAttribute("href");
}

/** A pane is the main landmark on one page and a region on the next; as one kind of element it keeps its rows, focus and scroll. */
function unify(root) {
  for (const pane of $$("#list, #sheet", root)) {
    if (pane.tagName === "DIV") continue;
    const div = root.createElement("div");
    for (const { name, value } of pane.attributes) div.setAttribute(name, value);
    div.setAttribute("role", pane.tagName === "MAIN" ? "main" : "region");
    const scrolled = $$("[data-scroll]", pane).map((box) => [box, box.scrollTop]);
    div.append(...pane.childNodes);
    pane.replaceWith(div);
    for (const [box, top] of scrolled) box.scrollTop = top;
  }
}

function rememberPlace() {
  history.replaceState({ ...history.state, y: scrollY }, "");
}

function show(answer, asked, how, state, method) {
  const { doc } = answer;
  const url = new URL(answer.url || asked, location.href);
  if (!url.hash) url.hash = new URL(asked, location.href).hash;
  // A form that came back with its faults stays at the address of its page: reloading that one is a GET.
  if (method === "POST" && url.pathname === new URL(asked, location.href).pathname) url.href = location.href;
  const leaving = $("[data-message]")?.dataset.message;
  const before = { list: $("[data-list]")?.dataset.list, path: shown };
  if (how === "push" && url.pathname + url.search !== shown) {
    rememberPlace();
    history.pushState({}, "", url);
  } else if (how !== "none") {
    history.replaceState(history.state, "", url);
  }
  shown = url.pathname + url.search;
  document.title = doc.title;
  for (const name of ["lang", "dir", "data-theme"]) {
    const value = doc.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  unify(document);
  unify(doc);
  const draft = (root) => $("[data-write]", root)?.dataset.write;
  if (draft(document) !== draft(doc)) $("#sheet")?.replaceChildren();
  $("#toasts")?.replaceChildren();
  document.body.setAttribute("data-view", doc.body.getAttribute("data-view"));
  const again = before.path === shown && answer.status < 400;
  Idiomorph.morph(document.body, doc.body, { morphStyle: "innerHTML", ignoreActiveValue: again && method === "GET" });
  place(before, again, leaving, state, url);
  arrived();
}

function place(before, again, leaving, state, url) {
  const list = $("[data-list]");
  if (list && list.dataset.list !== before.list) list.scrollTop = 0;
  const problem = $("[role=alert][tabindex]");
  if (problem) {
    ($("[aria-invalid=true]") ?? problem).focus({ preventScroll: true });
    return problem.scrollIntoView({ block: "nearest" });
  }
  if (again) return;
  const sheet = $('[data-scroll="sheet"]');
  if (sheet) sheet.scrollTop = 0;
  scrollTo(0, state?.y ?? 0);
  const target = url.hash && document.getElementById(url.hash.slice(1));
  const view = document.body.dataset.view;
  const row = view === "list" && leaving && document.getElementById(`m-${leaving}`);
  const focus = target || (row && $(".open-link", row)) || $("[autofocus]") || $("h1");
  if (target) target.scrollIntoView();
  focus?.focus({ preventScroll: view !== "list" || !row });
}

// Signing in again without leaving the page

export async function signInAgain() {
  const email = $("#words").dataset.email;
  if (!email) return false;
  const field = element("input", { class: "input", type: "password", name: "password", id: "again-password", autocomplete: "current-password", required: "" });
  const wrong = element("p", { class: "wrong", role: "alert", hidden: "" }, word("refused"));
  const form = element("form", { method: "dialog" },
    element("h2", { id: "again-title" }, word("againTitle")),
    element("p", {}, word("againText")),
    element("input", { type: "email", autocomplete: "username", value: email, hidden: "", "aria-hidden": "true" }),
    element("div", { class: "field" }, element("label", { for: "again-password" }, word("againPassword", { s: email })), field, wrong),
    element("button", { class: "btn main full" }, word("againContinue")));
  const dialog = element("dialog", { "aria-labelledby": "again-title" }, form);
  document.body.append(dialog);
  const back = document.activeElement;
  return new Promise((resolve) => {
    const close = (result) => { dialog.remove(); back?.focus?.(); resolve(result); };
    dialog.addEventListener("cancel", () => close(false));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { taken, status } = await quietly(`${word("base")}/login`, new URLSearchParams({ email, password: field.value })).catch(() => ({ status: 0 }));
      if (taken) return close(true);
      wrong.textContent = status === 401 ? word("refused") : word("offline");
      wrong.hidden = false;
      field.select();
    });
    dialog.showModal();
    field.focus();
  });
}

// Arriving on a page

function countDown(place) {
  let left = Number(place.dataset.wait);
  const button = $("button.main, a.main", place);
  if (!left || !button || place.dataset.counting) return;
  place.dataset.counting = "1";
  const label = button.textContent;
  button.disabled = true;
  const step = () => {
    if (!button.isConnected) return;
    if (left <= 0) {
      button.disabled = false;
      button.textContent = label;
      return;
    }
    button.textContent = word("wait", { n: left });
    left -= 1;
    setTimeout(step, 1000);
  };
  step();
}

function arrived() {
  $$("#toasts .toast").forEach(expire);
  $$("[data-wait]").forEach(countDown);
  endSelection();
  arrangeToolbars();
  restKeys();
  const polled = $("[data-poll]");
  if (polled) poll(polled, Number(polled.dataset.poll));
  const greeting = $("[data-greeting]");
  if (greeting) {
    const hour = new Date().getHours();
    greeting.textContent = greeting.dataset.greeting.split("|")[hour < 12 ? 0 : hour < 18 ? 1 : 2];
  }
  const unread = $("[data-mark-read]");
  if (unread) markRead(unread);
  const form = $("[data-write]");
  if (form) import("./write.js").then((module) => module.start(form));
}

/** Reads the page again for what was not known yet: all of it, or one part alone, less and less often. */
function poll(part, seconds) {
  const url = location.href;
  const waits = () => part.isConnected && "poll" in part.dataset && location.href === url;
  setTimeout(async () => {
    if (!waits()) return;
    // On the way to another page, which may not be reached.
    if (pending) {
      poll(part, seconds);
      return;
    }
    if (!("alone" in part.dataset)) {
      cache.clear();
      visit(url, { history: "none" });
      return;
    }
    cache.delete(url);
    const { status, doc } = await request("GET", url).answer.catch(() => ({}));
    const next = status === 200 && doc?.getElementById(part.id);
    if (!next || !waits()) return;
    if (pending) poll(part, seconds);
    else if (!("poll" in next.dataset)) showPart(part, next);
    else if (seconds < 60) poll(part, seconds * 2);
  }, seconds * 1000);
}

function showPart(part, next) {
  if ($("details[open]", part)) $("details", next)?.setAttribute("open", "");
  Idiomorph.morph(part, next, { morphStyle: "outerHTML" });
}

function markRead(sheet) {
  const message = sheet.dataset.markRead;
  const body = new URLSearchParams({ action: "read", message });
  quietly(sheet.dataset.actions, body).then(({ taken }) => {
    if (!taken) return;
    sheet.removeAttribute("data-mark-read");
    const row = document.getElementById(`m-${message}`);
    row?.classList.remove("new");
    $(".open-link > .vh", row ?? document.createElement("i"))?.remove();
  }, () => { /* The message stays new; the next opening marks it. */ });
}

/** While the letter's frame has the focus no key reaches this page: a note says so, and has a button back. */
function restKeys() {
  const note = $("[data-rest]");
  if (note) note.hidden = !document.activeElement?.matches(".frame iframe, [data-leave]");
}

/** Without a secure context there is no clipboard to write to; the text is selected, ready for the person's own copying. */
function copy(source, done) {
  getSelection().selectAllChildren(source);
  navigator.clipboard?.writeText(source.textContent).then(() => toast(done), () => { /* It stays selected. */ });
}

// Events

// The frame has the focus only after this event.
addEventListener("blur", () => setTimeout(restKeys));
document.addEventListener("focusin", restKeys);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-leave]")) $("h1")?.focus();
  restKeys();
});

document.addEventListener("click", (event) => {
  const menu = event.target.closest("[data-menu]");
  for (const open of $$("[data-menu][open]")) if (open !== menu) open.open = false;
  const target = event.target.closest("a[data-go], [data-bulk], [data-row], [data-clear], [data-select], [data-copy]");
  if (!target) return;
  const { dataset } = target;
  if (dataset.bulk) return act(dataset.bulk, chosen().map((tick) => tick.value), dataset.to);
  if (dataset.row) return actOnRow(target.closest(".row"), dataset.row);
  if ("clear" in dataset) return clearSelection();
  if ("select" in dataset) return startSelection();
  if (dataset.copy) return copy($(dataset.copy), dataset.done);
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || target.target || target.hasAttribute("download") || !sameSite(target.href)) return;
  event.preventDefault();
  if ("refresh" in dataset) cache.clear();
  if (menu) menu.open = false;
  visit(target.href, { source: target.classList.contains("btn") ? target : null });
});

document.addEventListener("click", (event) => {
  const picture = event.target.closest("a[data-picture]");
  if (!picture || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  import("./viewer.js").then((module) => module.view(picture), () => location.assign(picture.href));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-go], [data-rows]") || !sameSite(form.getAttribute("action"))) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "get") visit(`${form.getAttribute("action")}?${data}`);
  else visit(form.getAttribute("action"), { method: "POST", body: data, source: event.submitter });
});

// Here and not in write.js: the keys work from the first moment, as the button does.
document.addEventListener("keydown", (event) => {
  const send = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !$("dialog[open]") && $("[data-send]");
  if (!send) return;
  event.preventDefault();
  send.form.requestSubmit(send);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#rows .tick input")) refreshSelection();
});

let lastTick = null;
document.addEventListener("click", (event) => {
  const tick = event.target.closest?.("#rows .tick input");
  if (!tick) return;
  const all = ticks();
  if (event.shiftKey && lastTick && all.includes(lastTick)) {
    const [from, to] = [all.indexOf(lastTick), all.indexOf(tick)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = tick.checked;
    refreshSelection();
  }
  lastTick = tick;
});

let hovering;
document.addEventListener("pointerover", (event) => {
  const row = event.target.closest?.(".row");
  for (const quick of $$(".quick")) if (!row?.contains(quick) && !quick.parentElement.contains(document.activeElement)) quick.remove();
  if (row) showQuick(row);
  const link = event.target.closest?.("a[data-prefetch]") ?? (row && $("a[data-prefetch]", row));
  clearTimeout(hovering);
  if (link && event.pointerType === "mouse") hovering = setTimeout(() => prefetch(link), 60);
});
document.addEventListener("pointerdown", (event) => {
  const link = event.target.closest?.("a[data-go]") ?? null;
  if (link && !link.href.includes("/compose")) prefetch(link);
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".row");
  if (row) showQuick(row);
  if (event.target.matches?.("a[data-prefetch]")) prefetch(event.target);
});

addEventListener("popstate", (event) => {
  if (location.pathname + location.search === shown) return;
  visit(location.href, { history: "none", state: event.state });
});

history.scrollRestoration = "manual";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `tz=${encodeURIComponent(zone)}; path=${word("base") || "/"}; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
arrived();
