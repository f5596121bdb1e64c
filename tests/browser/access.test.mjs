// Every page, both themes, laptop and phone: nothing for axe to find, nothing cut off, no violation of the policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World, message } from "./support/world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let world, user;
before(async () => {
  world = await World.start();
  user = await world.mail.user("everyone");
  await world.mail.deliver(user, message({ from: "The Slow Kitchen <letters@slowkitchen.example>", subject: "Six soups", html: "<table><tr><td bgcolor='#ffffff'><h2>Six soups</h2><img src='https://pixel.invalid/soup.png' alt='A pot of soup'><p>Read on.</p></td></tr></table>" }));
  await world.mail.deliver(user, message({ from: "Константин Константинопольский-Преображенский <konstantin@example.ru>", subject: "Превысокомногорассмотрительствующий договор об обслуживании", text: "> старое письмо\n\nНовое письмо со ссылкой https://example.ru/очень/длинный/путь\n" }));
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
  found.push(`${first}/source`, `${first}/print`, `${letters.at(-1)}?text=1`);
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
