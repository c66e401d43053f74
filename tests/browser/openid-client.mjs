// A site that keeps a secret, by the library openid-client 6: code, refresh and logout, with a real browser.
//   node openid-client.mjs GATEWAY CLIENT_ID CLIENT_SECRET REDIRECT_URL EMAIL PASSWORD
// /bye beside REDIRECT_URL is registered for after the logout. Prints the claims as JSON. Ends with 1 and says what is wrong, else with 0.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { withPage } from './browser.mjs';
import { serve, signIn } from './site.mjs';

const [gateway, clientId, secret, redirectUrl, email, password] = process.argv.slice(2);
const bye = new URL('/bye', redirectUrl).href;
await serve(redirectUrl, (_, response) => response.end('the site'));
const config = await client.discovery(new URL(gateway), clientId, secret, undefined, { execute: [client.allowInsecureRequests] });

await withPage([new URL(gateway).origin, new URL(redirectUrl).origin], async page => {
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  await page.goto(client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUrl, scope: 'openid profile email school offline_access', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }).href);
  await signIn(page, email, password);
  await page.waitForURL(url => url.href.startsWith(redirectUrl));

  const tokens = await client.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const { sub } = tokens.claims();
  const user = await client.fetchUserInfo(config, tokens.access_token, sub);
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(fresh.claims().sub, sub);
  assert.deepEqual(await client.fetchUserInfo(config, fresh.access_token, sub), user);

  await page.goto(client.buildEndSessionUrl(config, { id_token_hint: fresh.id_token, post_logout_redirect_uri: bye, state }).href);
  await page.waitForURL(url => url.href.startsWith(bye));
  assert.equal(new URL(page.url()).searchParams.get('state'), state);
  await assert.rejects(client.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });
  console.log(JSON.stringify(user));
});
