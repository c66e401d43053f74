// A part of the README's tour with the SDK that @hey-api/openapi-ts makes from /openapi.json.
//
// sdk-tour.js ADDRESS, with SHTP_EMAIL and SHTP_PASSWORD of an admin.
import { randomUUID } from "node:crypto";
import { createClient } from "./sdk/client";
import {
  authLogin, authListSessions, eventsCreateEvent, eventsListUpcoming, notificationsCountNotifications, notificationsCreateNotification,
  notificationsListUnread, usersCreateGroup, usersCreateUser, usersDeleteGroup, usersDeleteUser, usersGetMe,
} from "./sdk";

const [address] = process.argv.slice(2);
const { SHTP_EMAIL: adminEmail, SHTP_PASSWORD: adminPassword } = process.env;
if (!address || !adminEmail || !adminPassword)
  throw new Error("usage: SHTP_EMAIL=... SHTP_PASSWORD=... sdk-tour.js ADDRESS");
const baseUrl = address.replace(/\/$/, "");

async function signIn(email: string, password: string) {
  const { data } = await authLogin({ client: createClient({ baseUrl }), body: { email, password }, throwOnError: true });
  return createClient({ baseUrl, auth: data.accessToken });
}

async function tour(admin: ReturnType<typeof createClient>) {
  const { data: me } = await usersGetMe({ client: admin, throwOnError: true });
  console.log(`me: ${me.role}`);

  const { data: group } = await usersCreateGroup({ client: admin, body: { name: `SDK ${randomUUID()}`, color: "#3178c6" }, throwOnError: true });
  const [email, password] = [`s${randomUUID()}@school.test`, "correct horse battery"];
  const { data: created } = await usersCreateUser({
    client: admin, throwOnError: true,
    body: { email, password, firstName: "Ada", lastName: "Lovelace", role: "student", groupId: group.uuid, learningClass: 10 },
  });
  console.log(`created: ${created.firstName}, group ${created.group?.name === group.name}, nickname ${created.nickName}`);

  const { error, response } = await authLogin({ client: createClient({ baseUrl }), body: { email, password: "wrong" } });
  console.log(`refused: ${response?.status} ${error?.code} ${error?.detail}`);

  const ada = await signIn(email, password);
  await notificationsCreateNotification({ client: admin, body: { toUser: created.uuid, type: 4, data: { text: "Hello" } }, throwOnError: true });
  const { data: unread } = await notificationsListUnread({ client: ada, throwOnError: true });
  console.log(`notified: ${unread[0]?.type} ${JSON.stringify(unread[0]?.data)}`);
  await notificationsCountNotifications({ client: ada, throwOnError: true });

  const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19);
  const { data: event } = await eventsCreateEvent({ client: admin, body: { title: "Hackathon", startsAt: at(1), endsAt: at(2), forGroups: [group.uuid] }, throwOnError: true });
  const { data: upcoming } = await eventsListUpcoming({ client: ada, throwOnError: true });
  console.log(`event: ${upcoming.some(row => row.uuid === event.uuid)}, seats ${event.seats}`);
  const { data: sessions } = await authListSessions({ client: ada, throwOnError: true });
  console.log(`session: ${sessions.some(session => session.current)}`);

  await usersDeleteUser({ client: admin, path: { id: created.uuid }, throwOnError: true });
  await usersDeleteGroup({ client: admin, path: { uuid: group.uuid }, throwOnError: true });
  console.log("done");
}

signIn(adminEmail, adminPassword).then(tour).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
