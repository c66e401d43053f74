// A site that people sign in to with ShTP, and what a person does there.
import { createServer } from 'node:http';

/** Serves `handle(request, response)` on the address of a redirect URL. It keeps nobody waiting, whatever comes of the test. */
export async function serve(redirectUrl, handle) {
  const { hostname, port } = new URL(redirectUrl);
  const site = createServer(handle);
  await new Promise((resolve, reject) => site.once('error', reject).listen(port, hostname, resolve));
  site.unref();
}

/** Signs in on ShTP's page and agrees to what the site asks for. */
export async function signIn(page, email, password) {
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('button[value=allow]').click();
}
