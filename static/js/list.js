// Rows: selection, what can be done with them, and the keys.
import { $, $$, element, visit, word } from "./app.js";

// Lists: rows, selection

export const rows = () => $$("#rows .row, .rows .row");
export const ticks = () => $$("#rows .tick input");
export const chosen = () => ticks().filter((tick) => tick.checked);
let selecting = false;

export function refreshSelection() {
  const pane = $("#list");
  const form = $("#rows");
  if (!pane || !form) return;
  const count = chosen().length;
  if (count === 0 && !selecting) {
    pane.classList.remove("selecting");
    $(".list-head .dark", pane)?.remove();
    return;
  }
  pane.classList.add("selecting");
  let bar = $(".list-head .dark", pane);
  if (!bar) {
    bar = $("#bulk-bar").content.firstElementChild.cloneNode(true);
    $(".list-head", pane).append(bar);
  }
  $(".selected", bar).textContent = word("selected", { n: count });
  for (const button of $$("[data-bulk]", bar)) button.disabled = count === 0;
  arrangeToolbars();
}

export function startSelection() {
  selecting = true;
  refreshSelection();
}

/** Another page is shown: what was being chosen is over. */
export function endSelection() {
  selecting = false;
  refreshSelection();
}

export const isSelecting = () => selecting || chosen().length > 0;

export function clearSelection() {
  selecting = false;
  for (const tick of ticks()) tick.checked = false;
  refreshSelection();
}

/** Acts on messages of the list at hand; the page that follows is the list or the letter beside it. */
export function act(action, messages, to = null) {
  const form = $("#rows");
  if (!form || messages.length === 0) return;
  const open = $("[data-message]")?.dataset.message;
  const leaves = ["archive", "delete", "junk", "notjunk", "move"].includes(action);
  const next = leaves && messages.includes(open) ? $("[name=next]", form).value : location.pathname + location.search;
  const body = new URLSearchParams([["action", action], ...messages.map((message) => ["message", message]), ["next", next]]);
  if (to) body.append("to", to);
  if (leaves) for (const message of messages) document.getElementById(`m-${message}`)?.classList.add("leaving");
  const focused = document.activeElement?.closest?.(".row");
  const index = rows().indexOf(focused);
  clearSelection();
  visit(form.getAttribute("action"), { method: "POST", body, history: "replace" }).then(() => {
    if (index >= 0 && leaves && !document.activeElement?.closest?.(".row")) $(".open-link", rows()[Math.min(index, rows().length - 1)])?.focus();
    $$(".row.leaving").forEach((row) => row.classList.remove("leaving"));
  });
}

export function actOnRow(row, name) {
  const message = $(".tick input", row)?.value;
  if (!message) return;
  if (name === "toggle-read") return act(row.classList.contains("new") ? "read" : "unread", [message]);
  if (name === "toggle-star") return act($(".starred", row) ? "unstar" : "star", [message]);
  act(name, [message]);
}

export function showQuick(row) {
  if ($(".quick", row) || !matchMedia("(hover: hover)").matches) return;
  $$(".quick").forEach((quick) => quick.remove());
  const template = $("#row-actions");
  if (template && $(".tick", row)) row.append(template.content.firstElementChild.cloneNode(true));
}

// Toolbars: one tab stop each, arrows inside. Without script they are plain buttons in tab order.

const barItems = (bar) => $$("a[href], button, summary", bar).filter((item) => !item.closest(".pop"));
const usable = (item) => !item.disabled && item.checkVisibility();

function arrange(bar, focused = document.activeElement) {
  const items = barItems(bar);
  const stop = [focused, ...items.filter((item) => item.getAttribute("tabindex") === "0"), ...items].find((item) => items.includes(item) && usable(item));
  bar.setAttribute("role", "toolbar");
  for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}

export const arrangeToolbars = () => $$("[data-toolbar]").forEach((bar) => arrange(bar));

function toolbarKey(event) {
  const bar = event.target.closest?.("[data-toolbar]");
  const items = bar && !event.target.closest(".pop") ? barItems(bar).filter(usable) : [];
  const at = items.indexOf(event.target);
  if (at < 0) return false;
  const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const to = { Home: 0, End: items.length - 1, ArrowLeft: at - 1, ArrowRight: at - 1, [forward]: at + 1 }[event.key];
  if (to === undefined) return false;
  items[(to + items.length) % items.length].focus();
  return true;
}

document.addEventListener("focusin", (event) => {
  const bar = event.target.closest?.("[data-toolbar]");
  if (bar) arrange(bar, event.target);
});
addEventListener("resize", arrangeToolbars);

// Keys: each equals a link or a button

let going = 0;

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const from = at >= 0 ? at : all.findIndex((row) => row.classList.contains("open"));
  const row = all[from < 0 ? 0 : Math.max(0, Math.min(all.length - 1, from + by))];
  $(".open-link", row ?? document)?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function rowKey(key, row) {
  const names = { e: "archive", "#": "delete", "!": "junk", s: "toggle-star" };
  if (key === "I") return act("read", [$(".tick input", row).value]), true;
  if (key === "U") return act("unread", [$(".tick input", row).value]), true;
  if (key === "x") { $(".tick input", row).click(); return true; }
  if (!names[key]) return false;
  if (chosen().length > 0 && key !== "s") act(names[key], chosen().map((tick) => tick.value));
  else actOnRow(row, names[key]);
  return true;
}

function help() {
  const dialog = element("dialog", { class: "keys", "aria-labelledby": "keys-title" }, $("#keys").content.cloneNode(true));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
}

function escape() {
  const menu = $("[data-menu][open]");
  if (menu) { menu.open = false; $("summary", menu).focus(); return true; }
  if (isSelecting()) { clearSelection(); return true; }
  return document.body.dataset.view === "read" && press("u");
}

function press(key) {
  const all = $$(`[data-key="${CSS.escape(key)}"]`);
  const target = all.find((each) => each.checkVisibility()) ?? all[0];
  if (!target) return false;
  if (target.matches("details")) { target.open = true; $("button, a", target)?.focus(); } else target.click();
  return true;
}

function menuKey(event, menu) {
  const items = $$(".pop a, .pop button", menu).filter((item) => item.checkVisibility());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || items.length === 0) return false;
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
  return true;
}

function handleKey(event) {
  const { key } = event;
  const menu = event.target.closest?.("[data-menu][open]");
  if (key === "Escape") return escape();
  if (menu) return menuKey(event, menu);
  if (toolbarKey(event)) return true;
  const row = document.activeElement?.closest?.("#rows .row");
  if (Date.now() - going < 1500) {
    going = 0;
    const link = $(`[data-goto="${CSS.escape(key)}"]`);
    if (link) { link.click(); return true; }
  }
  if (key === "g") { going = Date.now(); return true; }
  if (key === "/") { $("#q")?.focus(); return Boolean($("#q")); }
  if (key === "?") { help(); return true; }
  if (key === "c") { $("a.write, .tabbar a.main")?.click(); return true; }
  const reading = document.body.dataset.view === "read";
  if ((key === "j" || key === "k") && !(reading && press(key))) { step(key === "j" ? 1 : -1); return true; }
  if (key === "o" && row) { $(".open-link", row).click(); return true; }
  if (row && !reading && rowKey(key, row)) return true;
  if (row && key === "x") return rowKey(key, row);
  return ["u", "r", "a", "f", "e", "#", "!", "s", "v"].includes(key) && press(key);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog");
  if (typing) return;
  if (handleKey(event)) event.preventDefault();
});
