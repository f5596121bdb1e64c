// The files of a letter: pictures on their cards, and large in the viewer, by keyboard and without script.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World } from "./support/world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const FILES = [
  ["roof.png", "image/png", PNG], ["notes.txt", "text/plain", btoa("plain notes\n")], ["ridge.png", "image/png", PNG],
  ["claim.png", "image/png", btoa("<script>xss()</script>")], ["invoice.pdf.exe", "application/octet-stream", btoa("MZ")],
];

let world, user;
before(async () => {
  world = await World.start();
  user = await world.mail.user("files");
  const parts = FILES.map(([name, type, content]) => `--b\nContent-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${content}\n`);
  await world.mail.deliver(user, `From: mihai@roofs.example\nSubject: Roof repair\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPictures.\n${parts.join("")}--b--\n`);
});
after(() => world?.stop());

async function opened(options) {
  const page = await world.signedIn(user, options);
  await page.getByRole("listitem").getByRole("link", { name: /Roof repair/ }).click();
  await page.getByRole("heading", { level: 1, name: "Roof repair" }).waitFor();
  return page;
}

const focused = (page, name) => page.waitForFunction((expected) => document.activeElement.getAttribute("aria-label") === expected, name);

test("pictures stand on their cards, and what only claims to be one shows its icon", async () => {
  const page = await opened();
  const drawn = (name) => page.getByRole("listitem").filter({ hasText: name }).locator(".kind img");
  await drawn("roof.png").scrollIntoViewIfNeeded();
  for (const name of ["roof.png", "ridge.png"]) {
    await page.waitForFunction((image) => image.complete && image.naturalWidth > 0, await drawn(name).elementHandle());
    const { width, height } = await drawn(name).boundingBox();
    assert.deepEqual([width, height], [40, 40]);
  }
  assert.equal(await drawn("claim.png").evaluate((image) => image.naturalWidth), 0);
  assert.equal(await drawn("notes.txt").count(), 0);
  assert.equal(await page.getByText("This file can run programs.").count(), 1);
  await page.getByText("5 files,").waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save all" }).click();
  assert.equal((await saving).suggestedFilename(), "Roof repair.zip");
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

for (const viewport of [LAPTOP, PHONE]) {
  for (const dark of [false, true]) {
    test(`the viewer is walked by keyboard at ${viewport.width} px, ${dark ? "dark" : "light"}`, async () => {
      const page = await opened({ viewport, dark });
      await page.getByRole("link", { name: "roof.png", exact: true }).focus();
      await page.keyboard.press("Enter");
      const viewer = page.getByRole("dialog", { name: "roof.png" });
      await viewer.waitFor();
      await viewer.getByText("1 of 3").waitFor();
      await focused(page, "Close");
      await page.waitForFunction(() => document.querySelector("dialog img").naturalWidth === 1);
      await page.evaluate(axe);
      const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" "))}`), []);
      await page.keyboard.press("ArrowRight");
      await page.getByRole("dialog", { name: "ridge.png" }).getByText("2 of 3").waitFor();
      await page.keyboard.press("ArrowRight");
      await page.getByText("This picture cannot be shown.").waitFor();
      await page.keyboard.press("ArrowRight");
      await page.getByText("1 of 3").waitFor();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      await page.getByText("2 of 3").waitFor();
      assert.equal(await page.getByText("This picture cannot be shown.").isVisible(), false);
      const saving = page.waitForEvent("download");
      await page.keyboard.press("d");
      assert.equal((await saving).suggestedFilename(), "ridge.png");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await focused(page, "ridge.png");
      assert.equal(await page.getByRole("heading", { level: 1, name: "Roof repair" }).isVisible(), true, "Escape closes the viewer alone");
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
}

test("the viewer is walked by its buttons, and closed by one", async () => {
  const page = await opened({ viewport: PHONE });
  await page.getByRole("link", { name: "ridge.png", exact: true }).click();
  const next = page.getByRole("button", { name: "Next picture" });
  const before = page.getByRole("button", { name: "Previous picture" });
  await before.click();
  await page.getByRole("dialog", { name: "roof.png" }).waitFor();
  await next.click();
  await page.getByRole("dialog", { name: "ridge.png" }).waitFor();
  const [left, right] = [await before.boundingBox(), await next.boundingBox()];
  assert.ok(left.x < 60 && right.x > 300, `${left.x}, ${right.x}`);
  assert.ok(Math.min(left.width, left.height, right.width, right.height) >= 44);
  await page.getByRole("button", { name: "Close" }).click();
  await focused(page, "ridge.png");
  await page.context().close();
});

test("without script a picture and a text open by themselves", async () => {
  const page = await opened({ script: false });
  for (const [name, type] of [["roof.png", "image/png"], ["notes.txt", "text/plain; charset=utf-8"]]) {
    const opening = page.context().waitForEvent("page");
    await page.getByRole("link", { name, exact: true }).click();
    const other = await opening;
    await other.waitForLoadState();
    const answer = await page.request.get(other.url());
    assert.equal(answer.headers()["content-type"], type);
    await other.close();
  }
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save roof.png" }).click();
  assert.equal((await saving).suggestedFilename(), "roof.png");
  await page.context().close();
});
