// What stands in a letter is cut by nothing and runs under nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, World, message } from "./support/world.mjs";

let world;
before(async () => { world = await World.start(); });
after(() => world?.stop());

/** Lines over which the text of an element is laid out. */
const lines = (element) => element.evaluate((own) => {
  const range = document.createRange();
  range.selectNodeContents(own);
  return new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size;
});

/** A window with the one letter of a fresh account open. */
async function opened(letter, options) {
  const user = await world.mail.user("looks");
  await world.mail.deliver(user, message(letter));
  const page = await world.signedIn(user, options);
  await page.getByRole("listitem").getByRole("link", { name: letter.subject }).click();
  await page.getByRole("heading", { level: 1, name: letter.subject }).waitFor();
  return page;
}

test("on a phone no address runs under a button, and no word is broken that has room", async () => {
  const html = `<p>Программа:</p><table><tr><th>Время<th>Доклад<th>Докладчик
    <tr><td>10:00<td><i>Частнопредпринимательская</i> деятельность<td>О. Иванова-Константинопольская</table>`;
  const page = await opened({
    subject: "Programme", html, from: "The Home Depot <HomeDepot@email.homedepot.example>",
    to: "azumakuniyuki.of.the.long.names@microsoft.example, second@example.net",
  }, { viewport: PHONE });
  const to = await page.locator(".fields > summary").boundingBox();
  const act = await page.locator(".from .act").boundingBox();
  assert.ok(to.x + to.width <= act.x, "the addressees end before the buttons");
  assert.equal(await lines(page.locator(".from .name .addr")), 2);
  assert.equal(await lines(page.locator(".data i")), 1);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  const [all, forward] = await Promise.all(["Reply all", "Forward"].map((name) => page.locator(".well").getByRole("link", { name }).boundingBox()));
  assert.equal(all.y, forward.y, "both buttons stand in one line");
  assert.deepEqual(page.troubles, []);
});

test("text that a program broke for its length is one paragraph on a phone, and as it was written beside a list", async () => {
  const text = "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n";
  for (const [options, shown] of [[{ viewport: PHONE }, "none"], [{}, "inline"]]) {
    const page = await opened({ subject: "Undelivered", text }, options);
    const ends = page.locator(".text br.soft");
    assert.equal(await ends.evaluate((own) => getComputedStyle(own).display), shown);
  }
});

test("a designed letter with a ground of its own fills its frame, and its cells break no words", async () => {
  const html = `<body style="margin:0;background:#eeeeee"><table width="100%"><tr><td style="background:#ffffff;padding:20px;width:600px">
    <table width="100%"><tr><td><b>Достопримечательности</b> Санкт-Петербурга и окрестностей города<td>1290 рублей</table></table></body>`;
  const page = await opened({ subject: "Order", html }, { viewport: PHONE });
  const frame = page.frameLocator("iframe");
  assert.equal(await frame.locator("body").evaluate((own) => getComputedStyle(own).padding), "0px");
  assert.equal(await lines(frame.locator("b")), 1);
});
