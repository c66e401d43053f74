// The sign-in and consent pages in a real browser, in both languages, without scripts of their own:
//   node signin.mjs GATEWAY EMAIL PASSWORD CLIENT_ID REDIRECT_URL
// CLIENT_ID is a public client, of which the person has not heard yet; REDIRECT_URL is its redirect URL, http on a free port of
// this machine, where this script is the site. Ends with 1 and says what is wrong, else with 0.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { withPage } from './browser.mjs';

const [gateway, email, password, clientId, redirectUrl] = process.argv.slice(2);
if (!redirectUrl) {
  console.error('usage: node signin.mjs GATEWAY EMAIL PASSWORD CLIENT_ID REDIRECT_URL');
  process.exit(2);
}

const languages = {
  ru: { locale: 'ru-RU', signIn: /^Вход на сайт/, wrong: 'Неверная почта или пароль.', consent: /^Войти на сайт/ },
  en: { locale: 'en-GB', signIn: /^Sign in to “.*” with ShTP$/, wrong: 'Wrong e-mail or password.', consent: /^Sign in to “.*”\?$/ },
};

const site = createServer((_, answer) => answer.end('the site'));
await new Promise((resolve, reject) => site.once('error', reject).listen(new URL(redirectUrl).port, new URL(redirectUrl).hostname, resolve));
// It keeps nobody waiting, whatever comes of the test.
site.unref();

for (const [language, texts] of Object.entries(languages)) {
  await withPage([new URL(gateway).origin, new URL(redirectUrl).origin], page => visit(page, language, texts), {
    expected: [/status of 4\d\d/],
    settings: { locale: texts.locale, javaScriptEnabled: false, viewport: { width: 420, height: 800 } },
  });
  console.log(`${language}: ok`);
}

async function visit(page, language, texts) {
  // What a person sees first.
  let request = authorization();
  await page.goto(request.url);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await looksRight(page, language, texts.signIn);
  await page.shot(`sign-in-${language}`);

  // By keyboard alone: the fields and the button in this order, each with a visible focus.
  for (const expected of ['email', 'password', 'submit']) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    assert.equal(await focused.getAttribute('name') ?? await focused.getAttribute('type'), expected);
    assert.notEqual(await focused.evaluate(element => getComputedStyle(element).outlineStyle), 'none', `${expected} shows no focus`);
  }

  await page.locator('#email').fill(email);
  await page.locator('#password').fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByRole('alert').textContent(), texts.wrong);
  assert.equal(await page.locator('#email').inputValue(), email);
  await page.shot(`sign-in-wrong-${language}`);

  await page.locator('#password').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('button[value=allow]').waitFor();
  await looksRight(page, language, texts.consent);
  assert.match(await page.locator('footer').textContent(), new RegExp(email.replace(/[.+]/g, '\\$&')));
  await page.shot(`consent-${language}`);

  // No is an answer too, and browsers follow it to the site only when the policy of the page lets them.
  await page.locator('button[value=deny]').click();
  await page.waitForURL(url => url.href.startsWith(redirectUrl));
  assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');

  if (language === 'en') {
    request = authorization();
    await page.goto(request.url);
    await page.locator('button[value=allow]').click();
    await page.waitForURL(url => url.href.startsWith(redirectUrl));
    const answer = new URL(page.url()).searchParams;
    assert.equal(answer.get('state'), 'of the site');
    const tokens = await exchange(answer.get('code'), request.verifier);
    const user = await (await fetch(new URL('/connect/userinfo', gateway), { headers: { authorization: `Bearer ${tokens.access_token}` } })).json();
    assert.equal(user.email, email);

    // Agreed once is agreed: the next time the site has its answer without a page.
    await page.goto(authorization().url);
    await page.waitForURL(url => url.href.startsWith(redirectUrl));
    assert.ok(new URL(page.url()).searchParams.get('code'));

    const cookies = (await page.context().cookies(gateway)).filter(cookie => /shtp-(session|form)$/.test(cookie.name));
    assert.equal(cookies.length, 2);
    for (const cookie of cookies) assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.expires], [true, 'Lax', -1], cookie.name);
  }
}

async function looksRight(page, language, title) {
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  assert.match(await page.locator('h1').textContent(), title);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width[0] <= width[1], `the page is ${width[0]} wide, the window ${width[1]}`);
  // The style is there: without it the policy of the page would have refused it.
  assert.notEqual(await page.locator('main').evaluate(element => getComputedStyle(element).borderRadius), '0px');
  for (const input of await page.locator('input:not([type=hidden])').all())
    assert.equal(await page.locator(`label[for=${await input.getAttribute('id')}]`).count(), 1);
}

function authorization() {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/connect/authorize', gateway);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUrl,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'of the site',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { url: url.href, verifier };
}

async function exchange(code, verifier) {
  const answer = await fetch(new URL('/connect/token', gateway), {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUrl, code, code_verifier: verifier }),
  });
  assert.equal(answer.status, 200, `the code was refused: ${answer.status} ${answer.statusText}`);
  return await answer.json();
}
