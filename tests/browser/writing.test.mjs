// Nothing typed is lost and nothing is sent twice: closed tabs, ended sessions, files that are too large, impatient fingers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { World, listed, message, said, sent } from "./support/world.mjs";

let world;
before(async () => { world = await World.start(); });
after(() => world?.stop());

const to = (page) => page.getByLabel("To", { exact: true });
const subject = (page) => page.getByLabel("Subject");
const text = (page) => page.getByRole("textbox", { name: "Text" });
const rows = (page, name) => page.getByRole("listitem").getByRole("link", { name });

test("what is typed is saved by itself, and the closed letter is in Drafts", async () => {
  const user = await world.mail.user("draft");
  const page = await world.signedIn(user);
  await page.goto("/compose");
  await subject(page).fill("Half a thought");
  await text(page).fill("The gutter, and then");
  await page.getByText(/^Saved \d/).waitFor();
  const address = page.url();
  await page.close();

  const other = await world.signedIn(user, { script: false });
  await other.goto(address);
  assert.equal(await text(other).inputValue(), "The gutter, and then");
  await other.getByRole("button", { name: "Save draft" }).last().click();
  const drafts = await listed(other, "Drafts", /Half a thought/);
  assert.equal(await drafts.count(), 1);
  await drafts.click();
  await other.getByRole("link", { name: "Continue writing" }).click();
  assert.equal(await subject(other).inputValue(), "Half a thought");
  await other.context().close();
});

for (const [how, leave] of [
  ["saved by its button", (page) => page.getByRole("button", { name: "Save draft" }).last().click()],
  ["closed", (page) => page.getByRole("link", { name: "Close, the draft is kept" }).click()],
]) {
  test(`a letter that was ${how} is in Drafts at once, with script too`, async () => {
    const user = await world.mail.user("kept");
    const page = await world.signedIn(user);
    await page.goto("/compose");
    await subject(page).fill("A whole thought");
    await text(page).fill("The gutter, and then the tiles.");
    await leave(page);
    await said(page, "Saved in Drafts.");
    await page.goto("/mailbox/Drafts");
    assert.equal(await rows(page, /A whole thought/).count(), 1);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
}

test("words and Ctrl+Enter count from the first moment, before all of the script is there", async () => {
  const user = await world.mail.user("eager");
  const page = await world.signedIn(user);
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/write.js*", async (route) => { await held; await route.continue(); });
  await page.goto("/compose");
  await subject(page).fill("Typed before the script");
  release();
  await page.getByText(/^Saved \d/).waitFor();

  await page.unroute("**/write.js*");
  await page.route("**/write.js*", (route) => route.abort());
  await page.reload();
  assert.equal(await subject(page).inputValue(), "Typed before the script");
  await to(page).fill(user.email);
  await text(page).fill("Gone at once.");
  await page.keyboard.press("Control+Enter");
  await sent(page);
  await page.context().close();
});

for (const script of [true, false]) {
  const how = script ? "with" : "without";

  test(`an ended session while writing loses no word, ${how} script`, async () => {
    const user = await world.mail.user("ended");
    const page = await world.signedIn(user, { script });
    await page.goto("/compose");
    await to(page).fill(user.email);
    await subject(page).fill("Written for hours");
    await text(page).fill("Every single word of it.");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("heading", { name: "Please sign in again" }).waitFor();
    const email = page.getByLabel("Email");
    if (await email.isVisible() && await email.isEditable()) await email.fill(user.email);
    await page.getByLabel("Password").fill(user.password);
    await page.getByRole("button", { name: /Sign in|Continue/ }).click();
    await sent(page);
    assert.equal(await (await listed(page, "Sent", /Written for hours/)).count(), 1);
    await page.context().close();
  });

  test(`a double click sends one mail, ${how} script`, async () => {
    const user = await world.mail.user("double");
    const page = await world.signedIn(user, { script });
    await page.goto("/compose");
    await to(page).fill(user.email);
    await subject(page).fill("Only once");
    await text(page).fill("One.");
    await page.getByRole("button", { name: "Send", exact: true }).dblclick();
    await sent(page);
    for (const folder of ["INBOX", "Sent"]) {
      assert.equal(await (await listed(page, folder, /Only once/)).count(), 1, folder);
    }
    await page.context().close();
  });

  test(`a file over the limit is named with the limit, and the text stays, ${how} script`, async () => {
    const user = await world.mail.user("large");
    const page = await world.signedIn(user, { script });
    await page.goto("/compose");
    await page.getByText(/up to 2\sMB in one upload/).waitFor();
    await text(page).fill("See the film.");
    await page.locator("input[type=file]").setInputFiles({ name: "holiday.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(2 * 1024 * 1024 + 1, 7) });
    if (!script) await page.getByRole("button", { name: "Attach", exact: true }).click();
    await page.getByText(/holiday\.mp4.*One upload can hold 2\sMB/).first().waitFor();
    assert.equal(await text(page).inputValue(), "See the film.");
    await page.locator("input[type=file]").setInputFiles({ name: "exact.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(2 * 1024 * 1024, 7) });
    if (!script) await page.getByRole("button", { name: "Attach", exact: true }).click();
    await page.getByRole("button", { name: "Remove exact.bin" }).waitFor();
    await page.getByRole("button", { name: "Remove exact.bin" }).click();
    await page.getByRole("button", { name: "Remove exact.bin" }).waitFor({ state: "detached" });
    assert.equal(await text(page).inputValue(), "See the film.");
    await page.context().close();
  });

  test(`a letter without a recipient comes back with its text, ${how} script`, async () => {
    const user = await world.mail.user("nobody");
    const page = await world.signedIn(user, { script });
    await page.goto("/compose");
    await text(page).fill("To whom?");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("There is no recipient yet.").waitFor();
    assert.equal(await text(page).inputValue(), "To whom?");
    await to(page).fill("not an address");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText(/does not look like an address/).waitFor();
    assert.equal(await text(page).inputValue(), "To whom?");
    if (script) {
      assert.ok(await to(page).evaluate((field) => field === document.activeElement), "the wrong field has the focus");
      await page.reload();
      assert.equal(await text(page).inputValue(), "To whom?", "the address is still that of the letter");
    }
    await page.context().close();
  });
}

test("a refused recipient is named, nothing is delivered, and the letter can be changed", async () => {
  const user = await world.mail.user("refused");
  const page = await world.signedIn(user, { script: false });
  await page.goto("/compose");
  await to(page).fill(`${user.email}, nobody-at-all@example.test`);
  await subject(page).fill("To two");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("nobody-at-all@example.test").first().waitFor();
  await page.goto("/mailbox/INBOX");
  assert.equal(await rows(page, /To two/).count(), 0);
  await page.goto("/outbox");
  await page.getByRole("button", { name: "Change it" }).click();
  await to(page).fill(user.email);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await sent(page);
  assert.equal(await (await listed(page, "INBOX", /To two/)).count(), 1);
  await page.context().close();
});

test("a forwarded letter takes its files along without an upload", async () => {
  const user = await world.mail.user("forward");
  const file = Buffer.alloc(3 * 1024 * 1024, "attached ").toString("base64").replace(/.{76}/g, "$&\n");
  await world.mail.deliver(user, `From: Mihai <mihai@roofs.example>\nTo: ${user.email}\nSubject: The estimate\nMessage-ID: <estimate@roofs.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="estimate.pdf"\nContent-Transfer-Encoding: base64\n\n${file}\n--b--\n`);
  const page = await world.signedIn(user, { script: false });
  await rows(page, /The estimate/).click();
  await page.getByRole("link", { name: "Forward" }).first().click();
  await page.getByText("estimate.pdf").first().waitFor();
  assert.equal(await subject(page).inputValue(), "Fwd: The estimate");
  await to(page).fill(user.email);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await sent(page);
  await (await listed(page, "INBOX", /Fwd: The estimate/)).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save estimate.pdf" }).click()]);
  const { statSync } = await import("node:fs");
  assert.equal(statSync(await download.path()).size, 3 * 1024 * 1024);
  await page.context().close();
});

test("a discarded letter is in Trash", async () => {
  const user = await world.mail.user("discard");
  const page = await world.signedIn(user, { script: false });
  await page.goto("/compose");
  await subject(page).fill("Better not");
  await text(page).fill("An angry letter.");
  await page.getByRole("button", { name: "Discard" }).click();
  await said(page, "Discarded. The draft is in Trash.");
  assert.equal(await (await listed(page, "Trash", /Better not/)).count(), 1);
  await page.context().close();
});
