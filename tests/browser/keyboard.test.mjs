// Without a pointer: toolbars are one stop each, and nobody is lost inside a letter.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { World, message } from "./support/world.mjs";

let world, user;
before(async () => {
  world = await World.start();
  user = await world.mail.user("keys");
  await world.mail.deliver(user, message({ subject: "Older letter" }));
  await world.mail.deliver(user, message({ subject: "Designed letter", html: "<table><tr><td bgcolor='#eeeeee'><h2>Soups</h2><a href='https://soups.example/'>Read on</a></td></tr></table>" }));
});
after(() => world?.stop());

async function opened(options) {
  const page = await world.signedIn(user, options);
  await page.getByRole("listitem").getByRole("link", { name: /Designed letter/ }).click();
  await page.getByRole("heading", { level: 1, name: "Designed letter" }).waitFor();
  return page;
}

/** What Tab stops at in this part of the page. */
const stops = (part) => part.evaluate((root) => [...root.querySelectorAll("a[href], button, summary, input, select")].filter((each) => each.tabIndex >= 0 && each.checkVisibility() && each.type !== "hidden" && !each.closest(".pop")).map((each) => each.getAttribute("aria-label") ?? each.textContent));
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);

test("a letter's toolbar is one tab stop with arrows inside, and remembers the place", async () => {
  const page = await opened();
  const bar = page.getByRole("toolbar", { name: "Message actions" });
  assert.deepEqual(await stops(bar), ["Archive"]);
  await bar.getByRole("button", { name: "Archive" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "Delete");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(page), "Older");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(page), "More");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(page), /Reply/);
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "More");
  await page.keyboard.press("Tab");
  assert.equal(await bar.locator(":focus").count(), 0, "Tab leaves the toolbar");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(page), "More");
  assert.deepEqual(await stops(bar), ["More"]);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a narrower window leaves the toolbar a stop that can be seen", async () => {
  const page = await opened();
  const bar = page.getByRole("toolbar", { name: "Message actions" });
  await bar.getByRole("button", { name: "Junk" }).focus();
  await page.getByRole("heading", { level: 1 }).focus();
  await page.setViewportSize({ width: 600, height: 800 });
  await bar.getByRole("button", { name: "Junk" }).waitFor({ state: "hidden" });
  await page.waitForFunction(() => [...document.querySelectorAll(".bar [tabindex='0']")].some((each) => each.checkVisibility()));
  assert.equal((await stops(bar)).length, 1);
  await page.context().close();
});

test("what can be done with selected messages is a toolbar too", async () => {
  const page = await world.signedIn(user);
  await page.locator("a.open-link").first().focus();
  await page.keyboard.press("x");
  const bar = page.getByRole("toolbar", { name: "With the selected messages" });
  assert.equal((await stops(bar)).length, 1);
  await bar.getByRole("button", { name: "Archive" }).focus();
  await page.keyboard.press("End");
  assert.equal(await focused(page), "Close");
  await page.keyboard.press("Enter");
  await bar.waitFor({ state: "detached" });
  await page.context().close();
});

test("without script the toolbar is plain buttons in tab order", async () => {
  const page = await opened({ script: false });
  assert.equal(await page.getByRole("toolbar").count(), 0);
  const bar = page.getByRole("group", { name: "Message actions" });
  assert.ok((await stops(bar)).length > 5);
  assert.equal(await page.getByText("Keys rest").isVisible(), false);
  await page.context().close();
});

test("a note says that keys rest inside the letter, and its button leads back", async () => {
  const page = await opened();
  const note = page.getByText("Keys rest while you are inside the letter");
  assert.equal(await note.isVisible(), false);
  for (const leave of [() => page.keyboard.press("Enter"), () => page.getByRole("button", { name: "Back", exact: true }).click()]) {
    await page.frameLocator("iframe").getByRole("link", { name: "Read on" }).focus();
    await note.waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Back");
    assert.ok(await note.isVisible());
    await leave();
    await note.waitFor({ state: "hidden" });
    assert.equal(await focused(page), "Designed letter");
  }
  await page.keyboard.press("j");
  await page.getByRole("heading", { level: 1, name: "Older letter" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
