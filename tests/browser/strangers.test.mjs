// Whether a letter is the first from its address is searched for while it is read, and nothing else on the page moves.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import { World, message } from "./support/world.mjs";

/** Longer than a page waits for a search, which takes several round trips. */
const DELAY_MS = 120;
const SAID = "First message from this address.";
const HTML = `<table width="600"><tr><td bgcolor="#eeeeee"><h2>Soups</h2><p style="height: 2000px">Six of them</td></tr></table>`;

let world, far;
before(async () => {
  // A mail server that is far away.
  far = createServer((near) => {
    const server = connect(world.mail.imaps, "127.0.0.1");
    for (const [from, to] of [[near, server], [server, near]]) {
      from.on("data", (octets) => setTimeout(() => to.write(octets), DELAY_MS));
      from.on("close", () => setTimeout(() => to.destroy(), DELAY_MS));
      from.on("error", () => {});
    }
  }).listen(0, "127.0.0.1");
  await once(far, "listening");
  world = await World.start({ POSTA_IMAP_URL: `imaps://127.0.0.1:${far.address().port}` });
});
after(async () => {
  await world?.stop();
  far?.close();
});

test("the banner comes by itself, and nothing else changes", async () => {
  const user = await world.mail.user("stranger");
  await world.mail.deliver(user, message({ from: "soup@kitchen.example", subject: "Six soups", html: HTML }));
  await world.mail.deliver(user, message({ subject: "Roof repair" }));
  const page = await world.signedIn(user);
  await page.getByRole("listitem").getByRole("link", { name: /Roof repair/ }).click();
  await page.getByRole("heading", { level: 1, name: "Roof repair" }).waitFor();
  await page.getByText(SAID).waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.getByRole("toolbar", { name: "Message actions" }).getByRole("button", { name: "Archive" }).click();
  await page.getByRole("heading", { level: 1, name: "Six soups" }).waitFor();
  assert.equal(await page.locator("#warnings[data-poll]").count(), 1);
  assert.equal(await page.getByText(SAID).count(), 0);

  await page.locator("details.fields > summary").click();
  const seen = () => page.evaluate(() => ({
    open: document.querySelector("details.fields").open,
    focus: document.activeElement.closest("details")?.className,
    scrolled: document.querySelector("[data-scroll=sheet]").scrollTop,
    toast: document.querySelector("#toasts").textContent.trim(),
    title: document.title,
    url: location.href,
  }));
  await page.locator("[data-scroll=sheet]").evaluate((sheet) => sheet.scrollTo(0, 40));
  const before = await seen();
  assert.ok(before.open && before.focus === "fields" && before.toast, JSON.stringify(before));
  const frame = await page.locator("iframe").elementHandle();
  await page.getByText(SAID).waitFor();
  assert.deepEqual(await seen(), before);
  assert.ok(await frame.evaluate((kept) => kept.isConnected && kept === document.querySelector("iframe")));
  assert.equal(asked.filter((path) => path.endsWith("/body")).length, 1, "the frame is not loaded again");
  assert.equal(await page.locator("[data-poll]").count(), 0);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("without script the next opening says it", async () => {
  const user = await world.mail.user("stranger");
  await world.mail.deliver(user, message({ subject: "Roof repair" }));
  const page = await world.signedIn(user, { script: false });
  await page.getByRole("listitem").getByRole("link", { name: /Roof repair/ }).click();
  await page.getByRole("heading", { level: 1, name: "Roof repair" }).waitFor();
  assert.equal(await page.getByText(SAID).count(), 0);
  do await page.reload(); while (await page.locator("[data-poll]").count() > 0);
  await page.getByText(SAID).waitFor();
  await page.context().close();
});
