// Mail cannot run, ask the network for anything, or leave its frame.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { World, message } from "./support/world.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

// Whatever letters name leads to a server that counts; the product shows pictures of it as of any other.
let world, web, asked;
before(async () => {
  asked = [];
  web = createServer((request, response) => {
    asked.push(request.headers["user-agent"]);
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

const corpus = (name) => JSON.parse(readFileSync(new URL(`../corpora/${name}.json`, import.meta.url)));
const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll("'", "&#39;");
const asHtml = ({ kind, payload }) => (kind === "css" ? `<p style='${attribute(payload)}'>x</p><style>p{${payload}}</style>` : payload);

/** Hostile HTML by where it comes from. Ours calls `xss` where it runs, that of others is made to. */
const VECTORS = {
  ours: corpus("handmade/html-attack").map((vector) => vector.html),
  others: ["html/owasp-vectors", "html/dompurify-suite", "html/dompurify-expect"].flatMap(corpus).map((vector) => asHtml(vector).replaceAll(/\balert\b/g, "xss")),
};

/** What a page did that no letter may make it do, since it was last looked at. */
async function watched(page) {
  const harm = [];
  await page.exposeFunction("xss", (...args) => { harm.push(`xss(${args})`); });
  page.on("dialog", (dialog) => { harm.push(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
  page.on("popup", (other) => harm.push(`opened ${other.url()}`));
  page.on("download", (download) => harm.push(`download ${download.url()}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "about:"].includes(url.protocol) && url.origin !== world.posta.url) harm.push(`asked for ${request.url()}`);
  });
  return () => harm.splice(0);
}

/** Delivers the letters, each with a picture that is wanted. Returns the paths of their pages. */
async function delivered(user, letters, page) {
  for (const [number, html] of letters.entries()) {
    const named = html.replaceAll(/(https?:)?\/\/[a-z0-9-]+(\.[a-z0-9-]+)+/gi, web.url);
    await world.mail.deliver(user, message({ subject: `vector ${number}`, html: `${named}<p><img src="${web.url}/wanted">` }));
  }
  const paths = [];
  for (let listed = 1; listed <= Math.ceil(letters.length / 50); listed++) {
    const list = await (await page.request.get(`/mailbox/INBOX?page=${listed}`)).text();
    paths.push(...[...list.matchAll(/class="open-link" href="([^"?]+)/g)].map(([, path]) => path));
  }
  assert.equal(paths.length, letters.length);
  return paths;
}

/** What shows the pictures of a letter, by its page. None where it has none to show. */
async function picturesOf(page, path) {
  const answer = await page.request.get(`${path}?view=html`);
  assert.equal(answer.status(), 200, path);
  return /[?&;]pictures=([\w-]+)/.exec(await answer.text())?.[1];
}

test(`${VECTORS.ours.length} hostile letters run nothing and ask nobody, with their pictures shown, in the page and on their own`, async () => {
  const user = await world.mail.user("hostile");
  const first = await world.signedIn(user);
  const paths = await delivered(user, VECTORS.ours, first);
  let shown = 0;
  async function read(page) {
    const harm = await watched(page);
    for (let path = paths.pop(); path; path = paths.pop()) {
      const pictures = await picturesOf(page, path);
      shown += pictures ? 1 : 0;
      const query = pictures ? `?pictures=${pictures}` : "";
      await page.goto(`${path}?view=html${query.replace("?", "&")}`, { waitUntil: "load" });
      await page.goto(`${path}?view=letter`, { waitUntil: "load" });
      const own = await page.goto(`${path}/body${query}`, { waitUntil: "load" });
      assert.ok([200, 404].includes(own.status()), `${path}: ${own.status()}`);
      const sources = await page.locator("img[src]").evaluateAll((images) => images.map((image) => image.src));
      assert.deepEqual(sources.filter((source) => !/^data:|\/img\/[\w-]+$/.test(source)), [], path);
      assert.deepEqual(harm(), [], path);
    }
    await page.context().close();
  }
  await Promise.all([read(first), read(await world.signedIn(user))]);
  assert.ok(shown > VECTORS.ours.length * 0.8, `${shown} letters showed pictures`);
});

/** Letters in one page: more at once is no faster. */
const AT_ONCE = 24;

test(`${VECTORS.ours.length} hostile letters without pictures, ${VECTORS.others.length} with them, run nothing and ask nobody where no frame holds them`, async () => {
  const user = await world.mail.user("walls");
  const page = await world.signedIn(user);
  const paths = await delivered(user, [...VECTORS.others, ...VECTORS.ours], page);
  const harm = await watched(page);
  // Frames without a sandbox: the letter's own answer has to be wall enough.
  let body = "";
  await page.route("**/walls", (route) => route.fulfill({ contentType: "text/html", body }));
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    // The newest come first: ours.
    const shown = some.map(async (path, number) => (at + number < VECTORS.ours.length ? undefined : picturesOf(page, path)));
    const keys = await Promise.all(shown);
    const frames = some.map((path, number) => `<iframe src="${path}/body${keys[number] ? `?pictures=${keys[number]}` : ""}"></iframe>`);
    body = `<!doctype html><title>Walls</title>${frames.join("")}`;
    await page.goto("/walls", { waitUntil: "load" });
    assert.deepEqual(harm(), [], `${some}`);
  }
  assert.deepEqual([...new Set(asked)], ["Mozilla/5.0 (compatible; Posta)"]);
  await page.context().close();
});

test("a letter cannot reach the page around it", async () => {
  const user = await world.mail.user("frame");
  await world.mail.deliver(user, message({ subject: "Framed", html: "<body bgcolor='#eeeeee'><h1 id=main>Inside</h1><a target=_top href=https://leak.invalid/>go</a><style>body{background:url(https://leak.invalid/)}</style>" }));
  const page = await world.signedIn(user);
  const harm = await watched(page);
  await page.getByRole("listitem").getByRole("link", { name: /Framed/ }).click();
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Inside" }).waitFor();
  assert.equal(await page.locator("iframe").getAttribute("sandbox"), "allow-popups allow-popups-to-escape-sandbox");
  const link = frame.getByRole("link", { name: "go" });
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.match(await link.getAttribute("rel"), /noopener noreferrer/);
  assert.deepEqual(harm(), []);
  await page.context().close();
});

/**
 * Ways in which a letter might part the host that is printed beside a misleading link from its text: the style element, the
 * style attribute of the box around the link, and the link's own content. What matters stands in `<b>`.
 */
const BOTH = "overflow:hidden!important;opacity:.99!important";
const HIDING = [
  ["nothing at all", "", "", ""],
  ["a link without room", "a{display:inline-block;width:0;height:0;overflow:hidden}", "", ""],
  ["a box without room", "div{height:20px;width:90px;overflow:hidden}", "", ""],
  ["a box of one line", "div{height:20px;overflow:hidden}a{display:block;height:20px}", "", ""],
  ["a box of one line, in an attribute", "", `height:20px!important;${BOTH}`, ""],
  ["the next line's ground", "div{height:20px;overflow:hidden}a{display:block}p{display:inline-block;background:#fff;height:60px;width:400px;margin:0}", "", ""],
  ["a see-through box above it", "div{height:20px;opacity:.99!important}a{display:block}p{opacity:.98;background:#fff;height:60px;margin:0}", "", ""],
  ["the same in attributes", "p{opacity:.98!important;background:#fff!important;height:60px;margin:0}", `height:20px!important;${BOTH}`, ""],
  ["a see-through link in an attribute", "p{opacity:.98!important;background:#fff!important;margin:0}", "height:4px", "<b style='opacity:.99!important;display:block'>bank.example</b>"],
  ["text of no size around it", "div{font-size:0!important;line-height:0!important}b{font-size:16px!important;line-height:20px!important}", "", ""],
  ["the colour of the ground", "bdi,a,div{color:#fff!important;background:#fff!important}b{color:#000!important}", "", ""],
  ["no visibility", "bdi{visibility:hidden!important;display:none!important;opacity:0!important}", "", ""],
  ["a name far away", "bdi{float:right!important;margin-left:3000px!important;width:0!important;height:0!important;overflow:hidden!important}", "", ""],
  ["names shown as columns", "bdi{display:table-column!important;letter-spacing:-9px!important;text-indent:5000px!important;direction:rtl!important}", "", ""],
  ["a link that pushes", "a{padding-right:5000px;white-space:nowrap}", "", ""],
  ["text that pushes", "div{white-space:nowrap;width:5000px}a b{padding-right:4000px;letter-spacing:200px;word-spacing:3000px}", "", ""],
  ["a raised link", "div{height:20px;overflow:hidden}a{vertical-align:300px}", "margin-top:400px", ""],
  ["lines far from each other", "div{line-height:5000px;width:100px}b{line-height:20px}", "", ""],
  ["lines of one letter", "div{width:1px;line-height:900px;overflow-wrap:anywhere;word-break:break-all}", "", ""],
  ["a link with room in it", "", "", "<b>bank.example</b><br><br><br><i style='display:block;height:4000px'>x</i>"],
  ["a link that begins elsewhere", "", "", `<i style="display:none">bank.example</i>${"<br>".repeat(40)}<b>bank.example</b>`],
  ["an invisible beginning", "", "", `<i style="font-size:0">${"bank.example ".repeat(40)}</i><b>bank.example</b>`],
  ["a wide box read from its right end", "div{text-align:right;width:5000px}a{display:block;text-align:left}", "", ""],
  ["words to the end of a wide line", "div{width:2800px;text-align:justify}", "", `${"filler ".repeat(60)}<b>bank.example</b>`],
  ["a box that begins left of the window", "div{float:right;width:100%;margin-right:calc(100% - 110px)}", "float:right;margin-right:1200px;width:300px", ""],
  ["a floating box wider than the window", "div{float:right;width:calc(100% + 120px)}", "", ""],
  ["the same, no wider than the name", "div{float:right;width:110px;margin-right:1330px;white-space:nowrap}", "", ""],
  ["a wide box in a page of the other direction", "body{direction:rtl}div{direction:ltr;width:calc(100% + 120px)}", "", ""],
  ["a name at the right edge", "div{padding-left:1300px;width:5000px}", "", ""],
  ["the other direction", "a{direction:rtl;unicode-bidi:bidi-override}div{width:5000px;padding-left:1200px}", "", ""],
  ["a space that nobody sees in a host", "", "", "bank<i style='font-size:0'> </i><b>.example</b>"],
  ["lines of a host that a style joins", "br{display:none}", "", "bank<br><b>.example</b>"],
  ["a cell of no width", "div{display:table;table-layout:fixed;width:10px}a{display:table-cell;overflow:hidden}", "", ""],
];

test("no style of a letter hides where a misleading link leads", async () => {
  const user = await world.mail.user("mark");
  for (const [name, style, attribute, content] of HIDING) {
    const html = `<style>${style}</style><div style="${attribute}"><a href="https://evil.example/">${content || "<b>bank.example</b>"}</a></div><p>Next line</p>`;
    await world.mail.deliver(user, message({ subject: name, html }));
  }
  const page = await world.signedIn(user);
  const letters = await page.locator("a.open-link").evaluateAll((links) => links.map((link) => [link.getAttribute("href").split("?")[0], link.textContent]));
  assert.equal(letters.length, HIDING.length);
  const hidden = [];
  for (const [letter, name] of letters) {
    await page.goto(`${letter}/body`);
    const host = page.locator("b .link-host");
    assert.equal(await host.textContent(), "[evil.example]\u00a0", name);
    const seen = await host.evaluate((host) => {
      // As far down as the link is: a reader gets there.
      host.parentElement.scrollIntoView({ block: "center", inline: "nearest" });
      document.scrollingElement.scrollLeft = 0;
      const claim = document.createRange();
      claim.selectNodeContents(host.nextSibling);
      const text = claim.getClientRects()[0];
      const box = host.getBoundingClientRect();
      const points = [0.05, 0.5, 0.95].map((part) => document.elementFromPoint(box.x + box.width * part, box.y + box.height / 2));
      const { color, backgroundColor, fontSize, visibility } = getComputedStyle(host);
      return {
        beyond: text.right <= 0 || text.left >= innerWidth,
        onTop: points.every((each) => each === host),
        roomy: box.height >= 12 && box.width >= 60,
        sameLine: box.bottom > text.top && box.top < text.bottom,
        where: `${Math.round(box.x)} ${Math.round(box.y)}, text ${Math.round(text.x)} ${Math.round(text.y)}`,
        look: `${color} on ${backgroundColor}, ${fontSize}, ${visibility}`,
      };
    });
    const said = seen.onTop && seen.roomy && seen.sameLine && seen.look === "rgb(26, 26, 26) on rgb(242, 240, 235), 12px, visible";
    if (!said && !seen.beyond) hidden.push([name, seen]);
  }
  assert.deepEqual(hidden, []);
  await page.context().close();
});
