// A site by express and passport-openidconnect, which sends no PKCE, with a real browser.
//   node passport.mjs GATEWAY CLIENT_ID CLIENT_SECRET REDIRECT_URL EMAIL PASSWORD
// Prints what the site shows as JSON. Ends with 1 and says what is wrong, else with 0.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-openidconnect';
import { withPage } from './browser.mjs';
import { serve, signIn } from './site.mjs';

const [gateway, clientId, secret, redirectUrl, email, password] = process.argv.slice(2);
const at = path => new URL(path, gateway).href;
passport.use(new Strategy({
  issuer: gateway, authorizationURL: at('/connect/authorize'), tokenURL: at('/connect/token'), userInfoURL: at('/connect/userinfo'),
  clientID: clientId, clientSecret: secret, callbackURL: redirectUrl, scope: ['profile', 'email'],
  // With a short callback the library skips the user info endpoint, where the names are.
  skipUserProfile: false,
}, (issuer, profile, done) => done(null, { issuer, profile })));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: 'of the site', resave: false, saveUninitialized: false }), passport.session());
app.get('/login', passport.authenticate('openidconnect'));
app.get(new URL(redirectUrl).pathname, passport.authenticate('openidconnect', { successRedirect: '/', failWithError: true }));
app.get('/', (request, response) => response.json(request.user));
app.get('/favicon.ico', (_, response) => response.status(204).end());
await serve(redirectUrl, app);

await withPage([new URL(gateway).origin, new URL(redirectUrl).origin], async page => {
  await page.goto(new URL('/login', redirectUrl).href);
  await signIn(page, email, password);
  await page.waitForURL(new URL('/', redirectUrl).href);
  console.log(await page.locator('body').innerText());
});
