// The page /docs/ as a developer uses it: finds the operations, signs in with the page's own field, tries a call.
//
// docs.mjs ADDRESS, with SHTP_EMAIL and SHTP_PASSWORD.
import { withPage } from "./browser.mjs";

const [address] = process.argv.slice(2);
const { SHTP_EMAIL: email, SHTP_PASSWORD: password } = process.env;
if (!address || !email || !password)
  throw new Error("usage: SHTP_EMAIL=... SHTP_PASSWORD=... docs.mjs ADDRESS");

const login = await fetch(new URL("/api/v1/auth/login", address), {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email, password }), signal: AbortSignal.timeout(20_000),
});
const { accessToken } = await login.json();

await withPage([new URL(address).origin], async page => {
  await page.goto(new URL("/docs/", address).href);
  await page.getByRole("heading", { name: "ShTP", exact: true }).first().waitFor();
  await page.getByPlaceholder("Token").first().fill(accessToken);
  await page.shot("docs-1-start");

  await page.getByRole("button", { name: "Open Search" }).click();
  await page.keyboard.type("auth/me");
  await page.getByRole("option", { name: "/api/v1/auth/me" }).click();
  await page.getByRole("button", { name: /Test Request.*get \/api\/v1\/auth\/me/ }).click();
  await page.shot("docs-2-request");

  const [answer] = await Promise.all([
    page.waitForResponse(response => new URL(response.url()).pathname === "/api/v1/auth/me"),
    page.getByRole("button", { name: /^Send get request/ }).click(),
  ]);
  await page.getByRole("region", { name: "Response" }).getByText("newNotifications").waitFor();
  await page.shot("docs-3-answer");
  console.log(`answered: ${answer.status()} ${(await answer.json()).role}`);
});
