// What a person does in a day, in a real browser: with script and without, on a laptop and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World, listed, message, said, sent } from "./support/world.mjs";

let world;
before(async () => { world = await World.start(); });
after(() => world?.stop());

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

async function inboxOf(user) {
  await world.mail.deliver(user, message({ from: "City Library <books@library.example>", subject: "Two reserved books are ready", text: "Pick them up until Saturday.\n" }));
  await world.mail.deliver(user, message({ from: "Ирина Соколова <irina@sokolova.example>", subject: "Договор подписан", text: "Отправляю оригинал сегодня.\n" }));
}

const row = (page, name) => page.getByRole("listitem").getByRole("link", { name });

for (const script of [true, false]) {
  for (const viewport of [LAPTOP, PHONE]) {
    const where = `${script ? "with" : "without"} script at ${viewport.width} px`;

    test(`a day of mail ${where}`, async () => {
      const ana = await world.mail.user("ana");
      const mihai = await world.mail.user("mihai");
      await inboxOf(ana);
      await world.mail.deliver(ana, message({ from: `Mihai Ionescu <${mihai.email}>`, to: ana.email, subject: "Roof repair: dates", text: "Can we start on Thursday?\n" }));
      const page = await world.page({ viewport, script });

      await page.goto("/");
      await page.getByLabel("Email").fill(ana.email);
      await page.getByLabel("Password").fill("wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("That email and password do not fit together.").waitFor();
      assert.equal(await page.getByLabel("Email").inputValue(), ana.email);
      await page.getByLabel("Password").fill(ana.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
      assert.match(page.url(), /\/mailbox\/INBOX$/);

      await row(page, /New, .*Mihai Ionescu.*Roof repair: dates/).click();
      await page.getByRole("heading", { level: 1, name: "Roof repair: dates" }).waitFor();
      await page.getByRole("main").getByText("Can we start on Thursday?").waitFor();

      await page.getByRole("link", { name: "Reply to Mihai Ionescu" }).click();
      await page.getByRole("heading", { level: 1, name: /Reply/ }).waitFor();
      assert.match(await page.getByLabel("To", { exact: true }).inputValue(), new RegExp(mihai.email));
      assert.equal(await page.getByLabel("Subject").inputValue(), "Re: Roof repair: dates");
      const text = page.getByRole("textbox", { name: "Text" });
      assert.match(await text.inputValue(), /> Can we start on Thursday\?/);
      await text.fill(`Yes, Thursday at 8.\n\n${await text.inputValue()}`);
      await page.locator("input[type=file]").setInputFiles({ name: "acoperiș.png", mimeType: "image/png", buffer: PNG });
      if (!script) await page.getByRole("button", { name: "Attach", exact: true }).click();
      await page.getByRole("button", { name: "Remove acoperiș.png" }).waitFor();
      assert.match(await text.inputValue(), /^Yes, Thursday at 8\./);
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await sent(page);

      const answers = await world.signedIn(mihai, { viewport, script });
      await (await listed(answers, "INBOX", /Re: Roof repair: dates/)).click();
      await answers.getByRole("main").getByText("Yes, Thursday at 8.").waitFor();
      await answers.getByRole("main").getByText("acoperiș.png").waitFor();
      assert.deepEqual(answers.troubles, []);
      await answers.context().close();

      await listed(page, "INBOX", /Answered.*Roof repair: dates/);
      await row(page, /Two reserved books/).click();
      await page.getByRole("heading", { level: 1, name: "Two reserved books are ready" }).waitFor();
      await page.getByRole("main").getByRole("button", { name: "Archive", exact: true }).click();
      await said(page, "Moved to Archive.");
      await page.goto("/mailbox/Archive");
      await row(page, /Two reserved books/).waitFor();

      await page.goto("/search?q=Договор&in=INBOX");
      await row(page, /Договор подписан/).waitFor();
      assert.equal(await page.getByRole("listitem").getByRole("link", { name: /Roof repair/ }).count(), 0);

      await page.goto("/settings");
      await page.getByLabel("Language").selectOption("ro");
      const save = page.getByRole("button", { name: "Save" });
      if (await save.isVisible()) await save.click();
      await page.getByRole("heading", { name: "Aspect" }).first().waitFor();
      await page.goto("/mailbox/Sent");
      await row(page, /Re: Roof repair: dates/).waitFor();

      await page.goto("/settings/devices");
      await page.locator("main").getByRole("button").first().click();
      await page.waitForURL(/\/login/);
      await page.goto("/mailbox/INBOX");
      await page.waitForURL(/\/login\?next=/);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
}

test("the list works without script: several messages are deleted with one form", async () => {
  const user = await world.mail.user("bulk");
  for (let n = 1; n <= 3; n++) await world.mail.deliver(user, message({ subject: `Number ${n}` }));
  const page = await world.signedIn(user, { script: false });
  await page.getByRole("checkbox", { name: /Number 1/ }).check();
  await page.getByRole("checkbox", { name: /Number 3/ }).check();
  await page.getByRole("combobox", { name: "With the selected messages" }).selectOption("delete");
  await page.getByRole("button", { name: "Apply" }).click();
  await said(page, "Moved 2 messages to Trash.");
  assert.equal(await page.getByRole("listitem").getByRole("link", { name: /Number/ }).count(), 1);
  await page.context().close();
});

test("two devices see the same mail, and one signs the other out", async () => {
  const user = await world.mail.user("devices");
  await world.mail.deliver(user, message({ subject: "Hello" }));
  const laptop = await world.signedIn(user);
  const phone = await world.signedIn(user, { viewport: PHONE });
  await phone.getByRole("listitem").getByRole("link", { name: /Hello/ }).click();
  await phone.getByRole("main").getByRole("button", { name: "Delete", exact: true }).click();
  await said(phone, "Moved to Trash.");
  await laptop.reload();
  assert.equal(await laptop.getByRole("listitem").getByRole("link", { name: /Hello/ }).count(), 0);
  await laptop.goto("/settings/devices");
  const others = laptop.getByRole("button", { name: /^Sign out .+/ });
  await others.click();
  await others.waitFor({ state: "detached" });
  await phone.goto("/mailbox/INBOX");
  await phone.waitForURL(/\/login/);
  await laptop.context().close();
  await phone.context().close();
});

test("without a pointer: sign in, open, answer, send, archive, sign out", async () => {
  const ana = await world.mail.user("keys");
  await world.mail.deliver(ana, message({ from: `Ana <${ana.email}>`, to: ana.email, subject: "To myself", text: "Remember the keys.\n" }));
  await world.mail.deliver(ana, message({ subject: "Another" }));
  const page = await world.page();
  const focused = () => page.evaluate(() => document.activeElement?.matches(":focus-visible") ?? false);
  await page.goto("/login");
  await page.keyboard.type(ana.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(ana.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
  await page.keyboard.press("j");
  assert.ok(await focused(), "the row is focused and shows it");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "To myself" }).waitFor();
  await page.keyboard.press("r");
  await page.getByRole("heading", { level: 1, name: /Reply/ }).waitFor();
  await page.keyboard.type("I do.");
  await page.keyboard.press("Control+Enter");
  await sent(page);
  await page.goto("/mailbox/INBOX");
  await row(page, /Another/).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Another" }).waitFor();
  await page.keyboard.press("e");
  await said(page, "Moved to Archive.");
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("own folders are at hand where the sidebar is a rail", async () => {
  const user = await world.mail.user("rail");
  await world.mail.deliver(user, message({ subject: "The plan" }), ".Projects");
  const page = await world.signedIn(user, { viewport: { width: 1024, height: 768 }, script: false });
  const sidebar = page.getByRole("navigation", { name: "Mailboxes" });
  assert.equal(await sidebar.getByRole("link", { name: "Projects" }).isVisible(), false);
  await sidebar.getByRole("link", { name: "Folders" }).click();
  await sidebar.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
  await page.context().close();
});

test("settings that come back say why, where the person is", async () => {
  const user = await world.mail.user("settings");
  const page = await world.signedIn(user);
  await page.goto("/settings#names");
  await page.getByLabel("Your name").fill("x".repeat(300));
  await page.getByRole("button", { name: "Save" }).click();
  const problem = page.getByRole("alert").filter({ hasText: "The name holds 200 characters" });
  await problem.waitFor();
  assert.ok(await problem.evaluate((banner) => banner === document.activeElement && banner.getBoundingClientRect().top >= 0));
  await page.context().close();
});

test("a link into the mailbox survives signing in", async () => {
  const user = await world.mail.user("link");
  const page = await world.page({ script: false });
  await page.goto("/mailbox/Drafts?page=1");
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/mailbox\/Drafts\?page=1$/);
  await page.context().close();
});
