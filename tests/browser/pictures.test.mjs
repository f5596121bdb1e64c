// Pictures from the web: hidden until somebody asks, then through Posta and from nowhere else.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { LAPTOP, PHONE, World, message } from "./support/world.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

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
      await world.mail.deliver(user, message({ subject: "Six soups", html: `<table width="600"><tr><td><h2>Six soups</h2><img src="${web.url}/pot.png" alt="A pot"><img src="${web.url}/tracker" width="1" height="1">` }));
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
