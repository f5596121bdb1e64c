// Real servers and a real browser for one file of stories: Dovecot and Postfix, Posta in front of them, Chromium.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BINARY = process.env.POSTA_BINARY ?? path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug/posta");
// The same that fetches pictures from loopback servers too, built as an example.
const ADMITTING = path.resolve(path.dirname(BINARY), "examples/posta-admitting");
// The `mail` user of Debian, who owns the mailboxes.
const MAIL_UID = 8;

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // A process for each sandboxed frame costs most of the time, and is no wall of ours.
  "--disable-features=IsolateSandboxedIframes",
];

/** How long anything may take on a busy machine before the story has failed. */
const PATIENCE_MS = 30_000;

export const LAPTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

class MailServer {
  static async start() {
    const child = spawn(path.join(ROOT, "tests/mail-server/run"), { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const server = Object.assign(new MailServer(), { child, lines, users: 0, delivered: 0 });
    const { value = "" } = await lines.next();
    if (!value.startsWith("ready ")) throw new Error(`no mail server, so no test: ${value}`);
    for (const field of value.split(" ").slice(1)) {
      const [name, ...rest] = field.split("=");
      server[name] = rest.join("=");
    }
    return server;
  }

  async command(line) {
    this.child.stdin.write(`${line}\n`);
    const { value } = await this.lines.next();
    if (value !== "done") throw new Error(`${line}: ${value}`);
  }

  /** A fresh account. */
  async user(name) {
    const email = `${name}${++this.users}@example.test`;
    const password = `secret-${this.users}-"für"-${name}`;
    await this.command(`user ${email} ${password}`);
    return { email, password, folder: path.join(this.dir, "mail", email.split("@")[0], "Maildir") };
  }

  /** Puts a raw message into the inbox, as a delivery would. */
  async deliver(user, raw, folder = "") {
    const box = path.join(user.folder, folder);
    for (const place of [path.dirname(user.folder), user.folder, box, ...["cur", "new", "tmp"].map((sub) => path.join(box, sub))]) {
      await mkdir(place, { recursive: true });
      await chown(place, MAIL_UID, MAIL_UID);
    }
    const name = `${Math.floor(Date.now() / 1000)}.M${String(++this.delivered).padStart(6, "0")}.test`;
    const tmp = path.join(box, "tmp", name);
    await writeFile(tmp, raw.replace(/\r?\n/g, "\r\n"));
    await chown(tmp, MAIL_UID, MAIL_UID);
    const { rename } = await import("node:fs/promises");
    await rename(tmp, path.join(box, "new", name));
  }

  async stop() {
    this.child.stdin.end();
    await once(this.child, "exit");
  }
}

class Posta {
  static async start(mail, settings = {}, admitted = []) {
    const dir = await mkdtemp(path.join(tmpdir(), "posta-browser."));
    const port = 20000 + Math.floor(Math.random() * 9000);
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(...(admitted.length ? [ADMITTING, admitted] : [BINARY, ["serve"]]), {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        PATH: process.env.PATH,
        POSTA_LISTEN: `127.0.0.1:${port}`,
        POSTA_PUBLIC_URL: url,
        POSTA_IMAP_URL: `imaps://127.0.0.1:${mail.imaps}`,
        POSTA_SMTP_URL: `smtp://127.0.0.1:${mail.submission}`,
        POSTA_CA_FILE: path.join(mail.dir, "tls/ca.crt"),
        POSTA_DATA_DIR: dir,
        POSTA_LOG: "warn",
        ...settings,
      },
    });
    const posta = Object.assign(new Posta(), { child, dir, url });
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${url}/healthz`).catch(() => null);
      if (answer?.ok) return posta;
      if (child.exitCode !== null || tries > 200) throw new Error("Posta does not start");
      await setTimeout(50);
    }
  }

  async stop() {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await once(this.child, "exit");
    }
    await rm(this.dir, { recursive: true, force: true });
  }
}

export class World {
  /** `admitted`: loopback servers, as `address:port`, that pictures may come from. */
  static async start(settings, admitted) {
    const world = new World();
    world.mail = await MailServer.start();
    world.posta = await Posta.start(world.mail, settings, admitted);
    world.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
    return world;
  }

  async stop() {
    await this.browser?.close();
    await this.posta?.stop();
    await this.mail?.stop();
  }

  /**
   * A fresh browser window. `page.troubles` collects what no page may have: errors in the console (violations of the
   * content security policy are among them) and requests that leave Posta.
   */
  async page({ viewport = LAPTOP, script = true, dark = false, locale = "en-GB" } = {}) {
    const phone = viewport.width < 600;
    const context = await this.browser.newContext({
      viewport, locale, javaScriptEnabled: script, hasTouch: phone, isMobile: phone,
      colorScheme: dark ? "dark" : "light", baseURL: this.posta.url, timezoneId: "Europe/Bucharest",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.troubles = [];
    page.on("console", (message) => {
      const expected = /status of (401|413|422|429|50\d)|Failed to load resource/.test(message.text());
      if (message.type() === "error" && !expected) page.troubles.push(message.text());
    });
    page.on("pageerror", (error) => page.troubles.push(String(error)));
    context.on("request", (request) => {
      if (!request.url().startsWith(this.posta.url) && !request.url().startsWith("data:")) page.troubles.push(`asked for ${request.url()}`);
    });
    return page;
  }

  /** A window that is signed in and shows the inbox. */
  async signedIn(user, options) {
    const page = await this.page(options);
    await signIn(page, user);
    return page;
  }
}

export async function signIn(page, user) {
  await page.goto("/login");
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
}

/** A small message. `html` makes it multipart/alternative. */
export function message({ from = "Mihai Ionescu <mihai@roofs.example>", to = "ana@example.test", subject = "Roof repair", text = "We start on Thursday.\n", html, date = new Date(), extra = "" }) {
  const head = `From: ${from}\nTo: ${to}\nSubject: ${encoded(subject)}\nDate: ${date.toUTCString().replace("GMT", "+0000")}\nMessage-ID: <${crypto.randomUUID()}@roofs.example>\nMIME-Version: 1.0\n${extra}`;
  const plain = `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${base64(text)}`;
  if (html === undefined) return `${head}${plain}`;
  return `${head}Content-Type: multipart/alternative; boundary=b1\n\n--b1\n${plain}--b1\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${base64(html)}--b1--\n`;
}

const base64 = (text) => `${Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\n")}\n`;
const encoded = (text) => (/^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`);

/** The notice that the mail server has taken the letter and the copy is filed. */
export const sent = (page) => page.locator("#toasts").getByText("Sent.").waitFor();

/**
 * Opens the folder until it lists a letter of this name: mail is delivered, and marked as answered, after the page of the
 * sender has moved on. Returns the links of the rows.
 */
export async function listed(page, folder, name) {
  const links = page.getByRole("listitem").getByRole("link", { name });
  const end = Date.now() + PATIENCE_MS;
  do {
    await page.goto(`/mailbox/${folder}`);
    if (await links.count() > 0) return links;
    await setTimeout(100);
  } while (Date.now() < end);
  throw new Error(`${folder} does not list ${name}`);
}

/** What the last action did, as its notice says. */
export const said = (page, text) => page.locator("#toasts").getByText(text).waitFor();
