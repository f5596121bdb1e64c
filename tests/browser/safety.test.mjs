// Mail cannot run, ask the network for anything, or leave its frame.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { World, message } from "./support/world.mjs";

let world;
before(async () => { world = await World.start(); });
after(() => world?.stop());

const vectors = JSON.parse(readFileSync(new URL("../corpora/handmade/html-attack.json", import.meta.url)));

/** Watches a window for everything that mail may not do. */
async function watched(user) {
  const page = await world.signedIn(user);
  const harm = [];
  await page.exposeFunction("xss", (...args) => { harm.push(`xss(${args})`); });
  page.on("dialog", (dialog) => { harm.push(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
  page.context().on("page", (other) => harm.push(`opened ${other.url()}`));
  page.on("download", (download) => harm.push(`download ${download.url()}`));
  page.context().on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== world.posta.url) harm.push(`asked for ${request.url()}`);
  });
  return { page, harm };
}

test(`${vectors.length} hostile letters run nothing and ask for nothing, in the frame and on their own`, async () => {
  const user = await world.mail.user("hostile");
  for (const vector of vectors) {
    await world.mail.deliver(user, message({ subject: `vector ${vector.id}`, html: vector.html }));
  }
  const { page, harm } = await watched(user);
  let seen = 0;
  for (let listed = 1; seen < vectors.length && listed <= Math.ceil(vectors.length / 50); listed++) {
    await page.goto(`/mailbox/INBOX?page=${listed}`);
    const links = await page.locator("a.open-link").evaluateAll((found) => found.map((link) => [link.getAttribute("href"), link.textContent]));
    for (const [href, name] of links) {
      await page.goto(href, { waitUntil: "load" });
      const own = await page.goto(`${href.split("?")[0]}/body`, { waitUntil: "load" });
      assert.ok([200, 404].includes(own.status()), `${name}: ${own.status()}`);
      assert.deepEqual(harm.splice(0), [], name);
      seen++;
    }
  }
  assert.equal(seen, vectors.length);
  await page.context().close();
});

test("a letter cannot reach the page around it", async () => {
  const user = await world.mail.user("frame");
  await world.mail.deliver(user, message({ subject: "Framed", html: "<h1 id=main>Inside</h1><a target=_top href=https://leak.invalid/>go</a><style>body{background:url(https://leak.invalid/)}</style>" }));
  const { page, harm } = await watched(user);
  await page.getByRole("listitem").getByRole("link", { name: /Framed/ }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Inside" }).waitFor();
  assert.equal(await page.locator("iframe").getAttribute("sandbox"), "allow-popups allow-popups-to-escape-sandbox");
  const link = frame.getByRole("link", { name: "go" });
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.match(await link.getAttribute("rel"), /noopener noreferrer/);
  assert.deepEqual(harm, []);
  await page.context().close();
});
