// The live stream in a browser's own EventSource, by the example of the README as it stands there, from a page of another site:
//   stream.mjs ADDRESS README, with SHTP_EMAIL and SHTP_PASSWORD
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { withPage } from "./browser.mjs";

const [address, readme] = process.argv.slice(2);
const { SHTP_EMAIL: email, SHTP_PASSWORD: password } = process.env;
if (!readme || !email || !password)
  throw new Error("usage: SHTP_EMAIL=... SHTP_PASSWORD=... stream.mjs ADDRESS README");

const example = /```js\n(.*?)```/s.exec(await readFile(readme, "utf8"))?.[1];
assert.ok(example, "the README has no example");
const api = new URL("/api/v1", address).href;

async function call(verb, path, token, body) {
  const response = await fetch(api + path, {
    method: verb, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(20_000),
  });
  assert.equal(response.status, 200, path);
  return response.json();
}

const { accessToken } = await call("POST", "/auth/login", "", { email, password });
const me = await call("GET", "/auth/me", accessToken);
const tell = text => call("PUT", "/notifications", accessToken, { toUser: me.uuid, type: 4, data: { text } });

const site = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><link rel=icon href=data:,><title>site</title>"));
site.listen(0, "127.0.0.1");
await once(site, "listening");
site.unref();
const origin = `http://127.0.0.1:${site.address().port}`;

await withPage([new URL(address).origin, origin], async page => {
  await page.goto(origin);
  const [opened] = await Promise.all([
    page.waitForResponse(response => response.url().includes("/notifications/stream?")),
    // Not first, where Playwright would take it for a function to call.
    page.evaluate(`globalThis.shown = [];
      ${example}
      listen(${JSON.stringify(api)}, ${JSON.stringify(accessToken)}, notification => shown.push(notification?.data.text ?? null));`),
  ]);
  assert.equal(opened.status(), 200);
  // The response has begun: what is sent from now on arrives.
  await tell("first");
  await tell("second");
  await page.waitForFunction(() => globalThis.shown.length === 2);
  assert.deepEqual(await page.evaluate(() => globalThis.shown), ["first", "second"]);
});
console.log("ok");
