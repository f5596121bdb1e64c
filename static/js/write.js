// The writing page: saves by itself, attaches with progress, sends once.
import { MINIMAL, beforeLeaving, element, expire, forgetPages, quietly, request, signInAgain, toast, visit, word } from "./app.js";
import { Idiomorph } from "../vendor/idiomorph.js";

const PAUSE_MS = 2000;
const LATEST_MS = 10000;
const RETRY_MS = 5000;
/** A browser refuses larger requests that outlive their page. */
const KEEPALIVE_OCTETS = 60000;

const started = new WeakSet();

const $toasts = () => document.getElementById("toasts");

export function start(form) {
  if (started.has(form)) return;
  started.add(form);
  const writing = new Writing(form);
  writing.listen();
}

class Writing {
  constructor(form) {
    this.form = form;
    this.dirty = false;
    // Stored since the copy in Drafts was written.
    this.ahead = false;
    this.saving = null;
    this.sending = false;
    this.ended = false;
    this.uploads = 0;
    this.limit = Number(form.dataset.limit);
    this.queue = Promise.resolve();
  }

  get here() {
    return this.form.isConnected && !this.ended;
  }

  listen() {
    const { form } = this;
    form.addEventListener("input", (event) => { if (event.target.type !== "file") this.touch(); });
    form.addEventListener("change", (event) => { if (event.target.type === "file") this.attach(event.target.files, event.target); });
    form.addEventListener("submit", (event) => this.submit(event));
    this.listenForFiles();
    const leave = async () => {
      if (!this.here) return beforeLeaving.delete(leave);
      if (this.sending) return;
      if (this.dirty) await this.save();
      if (this.ahead) await this.file();
    };
    beforeLeaving.add(leave);
    this.onHide = () => { if (this.here && this.dirty && !this.sending) this.saveOnTheWay(); };
    addEventListener("pagehide", this.onHide);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.onHide(); });
    addEventListener("beforeunload", (event) => {
      if (this.here && !this.sending && (this.uploads > 0 || (this.dirty && (this.failed || this.size() > KEEPALIVE_OCTETS)))) event.preventDefault();
    });
    // What was typed while this module was on its way.
    if (this.changed()) this.touch();
  }

  /** True when a field holds something else than the page came with. */
  changed() {
    return [...this.form.elements].some((field) => field.matches("input:not([type=file]), textarea") && field.value !== field.defaultValue);
  }

  /** The text fields, without files. */
  fields() {
    const data = new FormData(this.form);
    data.delete("file");
    return data;
  }

  size() {
    let octets = 0;
    for (const value of this.fields().values()) octets += new Blob([value]).size;
    return octets;
  }

  mark(text, { done = false, bad = false } = {}) {
    const saved = this.form.querySelector("#saved");
    saved.lastElementChild.textContent = text;
    saved.classList.toggle("done", done);
    saved.classList.toggle("bad", bad);
  }

  touch() {
    this.dirty = true;
    this.since ??= Date.now();
    clearTimeout(this.timer);
    const wait = Math.max(0, Math.min(PAUSE_MS, this.since + LATEST_MS - Date.now()));
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** Saves now; one request at a time. `filed`: to the Drafts folder too, as a person asks for. */
  async save(filed = false) {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (!this.dirty || !this.here) return;
    this.dirty = false;
    this.since = undefined;
    this.mark(word("saving"));
    this.saving = this.saveOnce(filed).finally(() => { this.saving = null; });
    return this.saving;
  }

  async saveOnce(filed) {
    let answer;
    try {
      forgetPages();
      answer = await request("POST", this.form.getAttribute("action"), this.fields(), { headers: filed ? {} : MINIMAL }).answer;
    } catch {
      answer = { status: 0 };
    }
    if (answer.status > 0 && answer.status < 400) {
      this.adopt(answer);
      this.failed = false;
      this.ahead = !filed;
      const now = new Date();
      this.mark(word("saved", { s: `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}` }), { done: true });
      return;
    }
    this.dirty = true;
    this.failed = true;
    this.mark(word("notSaved"), { bad: true });
    if (answer.status === 401 && (await signInAgain())) this.touch();
    else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) this.timer = setTimeout(() => this.save(), RETRY_MS);
    else this.take(answer);
  }

  /** Writes the copy in Drafts before the next page, which has the notice of it. */
  async file() {
    const { taken } = await quietly(this.form.getAttribute("action"), this.fields(), { headers: {} }).catch(() => ({ taken: false }));
    this.ahead = !taken;
  }

  /** The version that the text has now, and what the server has to say about it. */
  adopt({ doc, tag }) {
    const base = this.form.elements.namedItem("base");
    const version = tag?.match(/^"(\d+)"$/)?.[1] ?? doc?.querySelector("[name=base]")?.value;
    if (version) base.value = version;
    const notice = doc?.querySelector("#toasts .toast");
    if (!notice) return;
    const shown = document.importNode(notice, true);
    $toasts().replaceChildren(shown);
    expire(shown);
  }

  saveOnTheWay() {
    if (this.size() > KEEPALIVE_OCTETS) return void this.save();
    this.dirty = false;
    quietly(this.form.getAttribute("action"), this.fields(), { keepalive: true }).then((answer) => {
      if (answer.taken) this.adopt(answer);
      else this.dirty = true;
    }, () => { this.dirty = true; });
  }

  async submit(event) {
    const button = event.submitter;
    event.preventDefault();
    if (this.sending) return;
    if (button?.dataset.remove !== undefined) return this.remove(button);
    const ends = button && ("send" in button.dataset || "discard" in button.dataset);
    if (!ends) {
      this.dirty = true;
      return this.save(true);
    }
    this.sending = true;
    clearTimeout(this.timer);
    try {
      await this.queue;
      await this.saving;
      this.dirty = false;
      const answer = await visit(button.formAction, { method: "POST", body: this.fields(), source: button });
      if (!answer) this.touch();
    } finally {
      this.sending = false;
      if (!this.form.isConnected) this.ended = true;
    }
  }

  async remove(button) {
    const { answer } = request("POST", button.formAction, this.fields());
    try {
      this.take(await answer);
    } catch {
      toast(word("offline"), true);
    }
  }

  /** The list of files as the answer shows it, and what it complains about. */
  take({ status, doc, tag }) {
    this.adopt({ doc, tag });
    const fresh = doc?.getElementById("uploads");
    if (fresh) {
      this.ahead = true;
      Idiomorph.morph(this.form.querySelector("#uploads"), fresh);
    }
    const problem = doc?.querySelector("#problems .ban span");
    if (status >= 400 && problem) toast(problem.textContent, true);
    return Boolean(fresh) && status < 400;
  }

  listenForFiles() {
    const sheet = this.form.closest("#sheet");
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0;
    const over = (on) => { sheet.classList.toggle("dropping", on); sheet.dataset.drop = word("drop"); };
    const listen = (name, handler) => this.form.addEventListener(name, handler);
    listen("dragenter", (event) => { if (carries(event)) { depth += 1; over(true); } });
    listen("dragleave", (event) => { if (carries(event) && --depth <= 0) over(false); });
    listen("dragover", (event) => { if (carries(event)) event.preventDefault(); });
    listen("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      over(false);
      this.attach(event.dataTransfer.files);
    });
    listen("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.attach(event.clipboardData.files);
    });
  }

  attach(files, input = null) {
    for (const file of [...files]) {
      if (file.size > this.limit) toast(word("tooLarge", { s: file.name, n: size(file.size), m: size(this.limit) }), true);
      else this.queue = this.queue.then(() => this.upload(file));
    }
    if (input) input.value = "";
  }

  /** One file per request, so that each may be as large as the limit. */
  async upload(file) {
    if (!this.here) return;
    const meter = element("progress", { max: "100", value: "0", "aria-label": file.name });
    const percent = element("small", {}, word("sending", { n: "0" }));
    const card = element("li", { class: "card uploading" }, element("span", { class: "kind av-7", "aria-hidden": "true" }),
      element("div", { class: "about" }, element("span", { class: "file-name" }, element("bdi", {}, element("span", {}, file.name))), percent, meter));
    this.form.querySelector("#uploads").append(card);
    this.uploads += 1;
    const body = this.fields();
    body.append("file", file);
    const { answer } = request("POST", this.form.dataset.upload, body, { onProgress: (event) => {
      const part = event.total ? Math.round((100 * event.loaded) / event.total) : 0;
      meter.value = part;
      percent.textContent = word("sending", { n: String(part) });
    } });
    try {
      const result = await answer;
      card.remove();
      if (result.status === 401 && (await signInAgain())) return this.upload(file);
      if (!this.take(result) && result.status < 400) toast(word("uploadFailed", { s: file.name }), true);
    } catch {
      card.remove();
      toast(word("uploadFailed", { s: file.name }), true);
    } finally {
      this.uploads -= 1;
    }
  }
}

/** Octets in steps of 1,024, as the pages write them. */
function size(octets) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  if (octets < 1000) return `${octets}\u00a0${word("unitB")}`;
  if (octets < 1000 * 1024) return `${number.format(Math.ceil(octets / 1024))}\u00a0${word("unitKb")}`;
  return `${number.format(Math.ceil((octets * 10) / 1048576) / 10)}\u00a0${word("unitMb")}`;
}
