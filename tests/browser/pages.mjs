// The pages that the gateway shows to a browser, in both languages, light and dark, wide and narrow, without scripts:
//   pages.mjs ADDRESS
import assert from "node:assert/strict";
import { withPage } from "./browser.mjs";

const [address] = process.argv.slice(2);
if (!address)
  throw new Error("usage: pages.mjs ADDRESS");

const languages = {
  "ru-RU": { language: "ru", signIn: "Войти", missing: "Такой страницы нет" },
  "en-GB": { language: "en", signIn: "Sign in", missing: "There is no such page" },
};

for (const [locale, texts] of Object.entries(languages)) {
  for (const [width, colorScheme] of [[1280, "light"], [360, "dark"]]) {
    const visit = page => look(page, texts, `${texts.language}-${colorScheme}`);
    await withPage([new URL(address).origin], visit, { expected: [/status of 404/], settings: { locale, colorScheme, javaScriptEnabled: false, viewport: { width, height: 800 } } });
  }
  console.log(`${texts.language}: ok`);
}

async function look(page, texts, name) {
  await page.goto(address);
  await isWhole(page, texts);
  await page.shot(`landing-${name}`);
  for (const link of await page.locator("a").all()) {
    const answer = await page.request.get(new URL(await link.getAttribute("href"), address).href);
    assert.equal(answer.status(), 200, answer.url());
  }
  await page.getByRole("link", { name: texts.signIn }).click();
  await page.locator("#email").waitFor();

  const answer = await page.goto(new URL("/no/such/page", address).href);
  assert.equal(answer.status(), 404);
  await isWhole(page, texts);
  assert.equal(await page.locator("h1").textContent(), texts.missing);
  await page.shot(`missing-${name}`);
  await page.locator("footer a").click();
  await page.waitForURL(address);
}

async function isWhole(page, texts) {
  assert.equal(await page.locator("html").getAttribute("lang"), texts.language);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `the page is ${content} wide, the window ${window}`);
  // The style is there: without its hash in the policy of the page it would have been refused.
  assert.notEqual(await page.locator("main").evaluate(element => getComputedStyle(element).borderRadius), "0px");
}
