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

/** Ways in which the style of a letter might hide the host that is printed beside a misleading link. */
const HIDING = {
  "nothing at all": ["", ""],
  "a link without room": ["a{display:inline-block;width:0;height:0;overflow:hidden}", ""],
  "a box without room": ["div{height:20px;width:90px;overflow:hidden}", ""],
  "a box of one line": ["div{height:20px;overflow:hidden}a{display:block;height:20px}", ""],
  "a box of one line, in an attribute": ["", "height:20px!important;overflow:hidden!important"],
  "the next line's ground": ["div{height:20px;overflow:hidden}a{display:block}p{display:inline-block;background:#fff;height:60px;width:400px;margin:0}", ""],
  "a see-through box above it": ["div{height:20px;opacity:.99}a{display:block}p{opacity:.98;background:#fff;height:60px;margin:0}", ""],
  "text of no size": ["*{font-size:0!important;line-height:0!important}", ""],
  "the colour of the ground": ["*{color:#fff!important;background:#fff!important}", ""],
  "no visibility": ["bdi{visibility:hidden!important;display:none!important;opacity:0!important}", ""],
  "a link that pushes": ["a{padding-right:5000px;white-space:nowrap}", ""],
  "text that pushes": ["div{white-space:nowrap;width:5000px}a b{padding-right:4000px;letter-spacing:200px;word-spacing:3000px}", ""],
  "a raised link": ["div{height:20px;overflow:hidden}a{vertical-align:300px}", ""],
};

test("no style of a letter hides where a misleading link leads", async () => {
  const user = await world.mail.user("mark");
  for (const [name, [style, attribute]] of Object.entries(HIDING)) {
    const html = `<style>${style}</style><div style="${attribute}"><a href="https://evil.example/"><b>bank.example</b></a></div><p>Next line</p>`;
    await world.mail.deliver(user, message({ subject: name, html }));
  }
  const page = await world.signedIn(user);
  const letters = await page.locator("a.open-link").evaluateAll((links) => links.map((link) => [link.getAttribute("href").split("?")[0], link.textContent]));
  assert.equal(letters.length, Object.keys(HIDING).length);
  for (const [letter, name] of letters) {
    await page.goto(`${letter}/body`);
    const mark = page.locator(".link-host");
    assert.equal(await mark.textContent(), "[evil.example]", name);
    const seen = await mark.evaluate((host) => {
      const { x, y, width, height } = host.getBoundingClientRect();
      const points = [0.1, 0.5, 0.9].map((part) => document.elementFromPoint(x + width * part, y + height / 2));
      const { color, fontSize, visibility } = getComputedStyle(host, "::before");
      return { onTop: points.every((each) => each === host), high: height >= 12, wide: width >= 60, color, fontSize, visibility };
    });
    assert.deepEqual(seen, { onTop: true, high: true, wide: true, color: "rgb(26, 26, 26)", fontSize: "12px", visibility: "visible" }, name);
  }
  await page.context().close();
});
