// Every page, both themes, laptop and phone: nothing for axe to find, nothing cut off, no violation of the policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World, message } from "./support/world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const head = (subject, type) => `From: Mail <mail@example.net>\nTo: you@example.org\nSubject: ${subject}\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: ${type}\n`;
const part = (type, text) => `\n--b\nContent-Type: ${type}\n\n${text}`;

/** What is shown as what it says, and every banner. */
const CARDS = {
  bounce: `${head("Not delivered", "multipart/report; report-type=delivery-status; boundary=b")}${part("text/plain", "Sorry.")}${part("message/delivery-status", "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; full@example.net\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 over quota")}\n--b--\n`,
  invitation: `${head("Invitation", "multipart/mixed; boundary=b")}${part("text/plain", "Come.")}${part("text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@example.net\nDTSTART:20261123T090000Z\nDTEND:20261123T100000Z\nSUMMARY:Roof inspection\nLOCATION:Strada Lungă 4\nORGANIZER;CN=Ioana:mailto:ioana@example.com\nATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:mailto:ana@example.org\nEND:VEVENT\nEND:VCALENDAR")}\n--b--\n`,
  people: `${head("A card", "multipart/mixed; boundary=b")}${part("text/plain", "Her card.")}${part("text/vcard; charset=utf-8", "BEGIN:VCARD\nVERSION:4.0\nFN:Ioana Pop\nEMAIL:ioana@example.com\nTEL:+40 722 000 000\nORG:Roofs\nEND:VCARD")}\n--b--\n`,
  newsletter: `Authentication-Results: mx.test; dkim=pass header.d=example.net\nDKIM-Signature: v=1; d=example.net; h=from:list-unsubscribe:list-unsubscribe-post; b=x\nList-Id: The Slow Kitchen <k.example.net>\nList-Unsubscribe: <https://example.net/off>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n${head("Soups of the week", "text/plain")}\nSoup.\n`,
  doubtful: `Authentication-Results: mx.test; dmarc=fail header.from=example.net\nReply-To: thief@evil.example\n${head("Your account", "text/plain")}\nHurry.\n`,
};

let world, user;
before(async () => {
  world = await World.start({ POSTA_AUTHSERV_ID: "mx.test" });
  user = await world.mail.user("everyone");
  await world.mail.deliver(user, message({ from: "The Slow Kitchen <letters@slowkitchen.example>", subject: "Six soups", html: "<table><tr><td bgcolor='#ffffff'><h2>Six soups</h2><img src='https://pixel.invalid/soup.png' alt='A pot of soup'><p>Read on.</p></td></tr></table>" }));
  await world.mail.deliver(user, message({ from: "Константин Константинопольский-Преображенский <konstantin@example.ru>", subject: "Превысокомногорассмотрительствующий договор об обслуживании", text: "> старое письмо\n\nНовое письмо со ссылкой https://example.ru/очень/длинный/путь\n" }));
  for (const raw of Object.values(CARDS)) await world.mail.deliver(user, raw);
  await world.mail.deliver(user, message({ from: "Ana Dobre <ana@dobre.example>", subject: "Tiles", html: "<p>Hi <b>Mihai</b>, see <a href='https://evil.invalid/'>tiles.example</a>:</p><ul><ul><li>red</li></ul></ul><table><tr><th>Tile<th>Price<tr><td>Red<td>12</table><h3>Then</h3><pre>a  b</pre><hr><code>x</code><div class=gmail_quote>You wrote:<blockquote>Which <blockquote>tiles?</blockquote></blockquote></div>" }));
  await world.mail.deliver(user, message({ from: "ليلى <leila@example.org>", subject: "موعد الاجتماع", text: "نلتقي غدا\n" }));
});
after(() => world?.stop());

/** The addresses of all pages, some found by walking. */
async function addresses(page) {
  const found = ["/mailbox/INBOX", "/mailbox/Trash", "/mailbox/INBOX?filter=starred", "/starred", "/folders", "/search", "/search?q=soups&in=INBOX", "/compose", "/outbox", "/settings", "/settings/devices", "/mailbox/Nowhere", "/no/such/page"];
  await page.goto("/mailbox/INBOX");
  const letters = await page.locator("a.open-link").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  for (const letter of letters) found.push(letter);
  const first = letters[0].split("?")[0];
  found.push(`${first}/source`, `${first}/print`, `${letters.at(-1)}?text=1`, `${letters.at(-1)}?view=letter`, `${letters.at(1)}?view=html`);
  return found;
}

/** Adds axe without an inline script: the page's policy stays in force for everything else. */
async function problems(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")})`);
}

async function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test("every card and banner is there to be looked at", async () => {
  const page = await world.signedIn(user);
  for (const [subject, said] of [["Not delivered", "full@example.net"], ["Invitation", "Roof inspection"], ["A card", "Ioana Pop"], ["Your account", "Not verified."]]) {
    await page.goto("/mailbox/INBOX");
    await page.getByRole("listitem").getByRole("link", { name: subject }).click();
    await page.getByRole("main").getByText(said).first().waitFor();
  }
  await page.goto("/mailbox/INBOX");
  await page.getByRole("listitem").getByRole("link", { name: "Soups of the week" }).click();
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("Unsubscribed from").waitFor();
  assert.deepEqual(await problems(page), []);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("You stay subscribed.").waitFor();
  await page.context().close();
});

for (const viewport of [LAPTOP, PHONE]) {
  for (const dark of [false, true]) {
    test(`axe finds nothing at ${viewport.width} px, ${dark ? "dark" : "light"}`, async () => {
      const page = await world.page({ viewport, dark });
      await page.goto("/login");
      const found = (await problems(page)).map((one) => `/login ${one}`);
      await page.getByLabel("Email").fill(user.email);
      await page.getByLabel("Password").fill(user.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
      for (const address of await addresses(page)) {
        await page.goto(address);
        assert.equal(await page.locator("h1").count(), 1, `${address} has one h1`);
        found.push(...(await problems(page)).map((one) => `${address} ${one}`));
        assert.ok(await sidewaysScroll(page) <= 0, `${address} scrolls sideways`);
      }
      assert.deepEqual(found, []);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
}

test("nothing scrolls sideways in Russian at 320 px", async () => {
  const page = await world.signedIn(user, { viewport: { width: 320, height: 640 } });
  await page.goto("/settings");
  await page.getByLabel("Language").selectOption("ru");
  const save = page.getByRole("button", { name: /Save/ });
  if (await save.isVisible()) await save.click();
  await page.getByRole("heading", { name: "Внешний вид" }).first().waitFor();
  for (const address of await addresses(page)) {
    await page.goto(address);
    assert.ok(await sidewaysScroll(page) <= 0, `${address} scrolls sideways`);
  }
  await page.context().close();
});
