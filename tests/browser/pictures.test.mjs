// Pictures from the web: hidden until somebody asks, then through Posta and from nowhere else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World, message } from "./support/world.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const vectors = JSON.parse(readFileSync(new URL("../corpora/handmade/html-attack.json", import.meta.url)));

let world, web, asked;
before(async () => {
  asked = [];
  web = createServer((request, response) => {
    asked.push([request.url, request.headers]);
    response.writeHead(200, { "Content-Type": "image/png", "Set-Cookie": "seen=1" }).end(PNG);
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  web.url = `http://127.0.0.1:${web.address().port}`;
  world = await World.start({}, [web.url.slice("http://".length)]);
});
after(async () => {
  await world?.stop();
  web?.close();
  web?.closeAllConnections();
});

/** The document in the frame, with all its pictures there. */
async function framed(page) {
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  await frame.waitForLoadState("load");
  return frame;
}

for (const script of [true, false]) {
  for (const viewport of [LAPTOP, PHONE]) {
    test(`pictures are hidden, then shown ${script ? "with" : "without"} script at ${viewport.width} px`, async () => {
      asked.length = 0;
      const user = await world.mail.user("pictures");
      await world.mail.deliver(user, message({ subject: "Six soups", html: `<h2>Six soups</h2><img src="${web.url}/pot.png" alt="A pot"><img src="${web.url}/tracker" width="1" height="1">` }));
      const page = await world.signedIn(user, { viewport, script });
      await page.getByRole("listitem").getByRole("link", { name: /Six soups/ }).click();
      await page.getByText("Pictures from the web are hidden").waitFor();
      const hidden = await framed(page);
      await hidden.getByRole("heading", { name: "Six soups" }).waitFor();
      assert.equal(await hidden.locator("img[src]").count(), 0);
      assert.deepEqual(asked, []);

      const answered = page.waitForResponse((response) => response.url().includes("/img/"));
      await page.getByRole("link", { name: "Show", exact: true }).click();
      const picture = await answered;
      assert.equal(picture.status(), 200);
      await page.getByText("1 tracking picture was left out.").waitFor();
      const shown = await framed(page);
      assert.ok(await shown.locator("img").evaluate((image) => image.complete && image.naturalWidth > 0));
      assert.deepEqual(asked.map(([url]) => url), ["/pot.png"]);
      const headers = asked[0][1];
      for (const name of ["cookie", "referer", "accept-language", "origin"]) assert.equal(headers[name], undefined, name);
      assert.equal(await page.getByText("Pictures from the web are hidden").count(), 0);
      assert.deepEqual(page.troubles, []);

      assert.equal((await fetch(picture.url())).status, 200);
      await page.goto("/settings/devices");
      await page.locator(".devices").getByRole("button", { name: "Sign out", exact: true }).click();
      await page.getByLabel("Password").waitFor();
      assert.equal((await fetch(picture.url())).status, 403);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
}

test("hostile letters with their pictures shown ask nobody but Posta, and run nothing", async () => {
  const user = await world.mail.user("hostile");
  // Whatever they name leads to a server that counts. All of them without pictures are another story; here one in eight.
  const letters = vectors.filter((_, number) => number % 8 === 0)
    .map(({ id, html }) => ({ id, html: html.replaceAll(/(https?:)?\/\/leak\.invalid/g, web.url) }));
  for (const { id, html } of letters) {
    await world.mail.deliver(user, message({ subject: `vector ${id}`, html: `${html}<p><img src="${web.url}/wanted">` }));
  }
  const page = await world.signedIn(user);
  const harm = [];
  await page.exposeFunction("xss", (...args) => { harm.push(`xss(${args})`); });
  page.on("dialog", (dialog) => { harm.push("dialog"); dialog.dismiss().catch(() => {}); });
  page.context().on("page", (other) => harm.push(`opened ${other.url()}`));
  let shown = 0;
  for (let listed = 1; listed <= Math.ceil(letters.length / 50); listed++) {
    await page.goto(`/mailbox/INBOX?page=${listed}`);
    const links = await page.locator("a.open-link").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    for (const link of links) {
      await page.goto(link, { waitUntil: "load" });
      const show = page.getByRole("link", { name: "Show", exact: true });
      if (!(await show.count())) continue;
      await page.goto(await show.getAttribute("href"), { waitUntil: "load" });
      const frame = await framed(page);
      assert.deepEqual(await frame.locator("img[src]").evaluateAll((images) => images.map((image) => image.src).filter((src) => !/^data:|\/img\/[\w-]+$/.test(src))), [], link);
      assert.deepEqual(harm.splice(0), [], link);
      assert.deepEqual(page.troubles.splice(0).filter((trouble) => trouble.startsWith("asked for")), [], link);
      shown++;
    }
  }
  assert.ok(shown > 25, `${shown} letters showed pictures`);
  assert.deepEqual([...new Set(asked.map(([, headers]) => headers["user-agent"]))], ["Mozilla/5.0 (compatible; Posta)"]);
  await page.context().close();
});
