// A page without a server of its own, by the library oidc-client-ts: code, refresh and logout, in a real browser.
//   node oidc-client-ts.mjs GATEWAY CLIENT_ID REDIRECT_URL EMAIL PASSWORD
// /bye beside REDIRECT_URL is registered for after the logout. Prints the claims as JSON. Ends with 1 and says what is wrong, else with 0.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { withPage } from './browser.mjs';
import { serve, signIn } from './site.mjs';

const [gateway, clientId, redirectUrl, email, password] = process.argv.slice(2);
const bye = new URL('/bye', redirectUrl).href;
const settings = {
  authority: gateway, client_id: clientId, redirect_uri: redirectUrl, post_logout_redirect_uri: bye,
  scope: 'openid profile email school offline_access', loadUserInfo: true, automaticSilentRenew: false,
};
const library = await readFile(createRequire(import.meta.url).resolve('oidc-client-ts').replace(/dist\/.*/, 'dist/browser/oidc-client-ts.min.js'));
const document = `<!doctype html><title>the site</title><link rel="icon" href="data:,"><script src="/library.js"></script><script>const manager = new oidc.UserManager(${JSON.stringify(settings)})</script>`;
await serve(redirectUrl, (request, response) => {
  const isLibrary = request.url === '/library.js';
  response.setHeader('Content-Type', isLibrary ? 'text/javascript' : 'text/html').end(isLibrary ? library : document);
});

await withPage([new URL(gateway).origin, new URL(redirectUrl).origin], async page => {
  await page.goto(new URL('/', redirectUrl).href);
  await page.evaluate('void manager.signinRedirect()');
  await signIn(page, email, password);
  await page.waitForURL(url => url.href.startsWith(redirectUrl));

  const user = await page.evaluate('manager.signinCallback()');
  const fresh = await page.evaluate('manager.signinSilent()');
  assert.notEqual(fresh.refresh_token, user.refresh_token);
  assert.deepEqual([fresh.profile.sub, fresh.profile.name], [user.profile.sub, user.profile.name]);

  await page.evaluate('void manager.signoutRedirect()');
  await page.waitForURL(url => url.href.startsWith(bye));
  await page.evaluate('manager.signoutCallback()');
  assert.equal(await page.evaluate('manager.getUser()'), null);
  const refused = await fetch(new URL('/connect/userinfo', gateway), { headers: { authorization: `Bearer ${fresh.access_token}` } });
  assert.equal(refused.status, 401);
  console.log(JSON.stringify(user.profile));
});
