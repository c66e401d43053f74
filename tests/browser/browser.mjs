// Starts Chromium, as it comes with the system, for one test.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const limit = 20_000; // milliseconds, for each step
const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const missingBrowser = 77; // for the test that started this: to be skipped
const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/**
 * Opens a page in a browser of its own and runs `test(page)` with it. Afterwards nothing may have been asked of another host than
 * those given, no request may have failed, and nothing may have been complained about on the console. With
 * SHTP_SCREENSHOTS=FOLDER, `page.shot(name)` leaves pictures there.
 *
 * @param {string[]} origins the origins that the page may talk to
 * @param {(page: import("playwright-core").Page & { shot(name: string): Promise<void> }) => Promise<void>} test
 * @param {{ expected?: RegExp[], settings?: import("playwright-core").BrowserContextOptions }} options complaints that belong to the test, and what is special about the browser
 */
export async function withPage(origins, test, { expected = [], settings = {} } = {}) {
  const executablePath = candidates.find(candidate => candidate && existsSync(candidate));
  if (!executablePath)
    process.exit(missingBrowser);
  const profile = await mkdtemp(path.join(tmpdir(), "shtp-browser-"));
  const complaints = [];
  const complain = text => expected.some(pattern => pattern.test(text)) || complaints.push(text);
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: quiet, chromiumSandbox: false, viewport: { width: 1280, height: 900 }, locale: "en-US", timeout: limit, ...settings });
  try {
    context.setDefaultTimeout(limit);
    const page = context.pages()[0] ?? await context.newPage();
    page.on("console", message => message.type() === "error" && complain(`console: ${message.text()} (${message.location().url})`));
    page.on("pageerror", error => complain(`page: ${error.message}`));
    page.on("request", request => /^(data|blob):/.test(request.url()) || origins.includes(new URL(request.url()).origin) || complain(`asked of another host: ${request.url()}`));
    page.on("requestfailed", request => complain(`failed: ${request.url()} ${request.failure()?.errorText}`));
    page.shot = async name => {
      if (process.env.SHTP_SCREENSHOTS)
        await page.screenshot({ path: path.join(process.env.SHTP_SCREENSHOTS, `${name}.png`) });
    };
    await test(page);
    if (complaints.length > 0)
      throw new Error(complaints.join("\n"));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}
