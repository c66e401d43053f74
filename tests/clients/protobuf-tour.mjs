// The tour of the README with a client that knows the API from /protos.zip alone and speaks Protocol Buffers under /mobile, as
// the Android client does.
//
// protobuf-tour.mjs ADDRESS FOLDER PICTURE, with SHTP_EMAIL and SHTP_PASSWORD of an admin; the folder takes the .proto files.
import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import protobuf from "protobufjs";

const [address, folder, pictureFile] = process.argv.slice(2);
const { SHTP_EMAIL: adminEmail, SHTP_PASSWORD: adminPassword } = process.env;
if (!address || !folder || !pictureFile || !adminEmail || !adminPassword)
  throw new Error("usage: SHTP_EMAIL=... SHTP_PASSWORD=... protobuf-tour.mjs ADDRESS FOLDER PICTURE");

const accepted = 0; // the type of the notification
const root = await loadProtos();
const message = name => root.lookupType(name);

async function loadProtos() {
  const zip = await fetch(new URL("/protos.zip", address));
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const loaded = new protobuf.Root();
  // What protobuf itself brings (timestamps and the like) is in protobufjs.
  const own = path.dirname(fileURLToPath(import.meta.resolve("protobufjs/package.json")));
  loaded.resolvePath = (_, target) => path.join(target in files ? folder : own, target);
  await loaded.load(Object.keys(files).filter(name => name.endsWith(".proto")));
  return loaded.resolveAll();
}

/** One call; throws a google.rpc.Status. `body` is a message with its type, or a form. */
async function call(token, verb, route, answerType, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body && !(body instanceof FormData)) {
    const [type, fields] = body;
    headers["Content-Type"] = "application/x-protobuf";
    body = message(type).encode(message(type).fromObject(fields)).finish();
  }
  const response = await fetch(new URL(`/mobile${route}`, address), { method: verb, headers, body, signal: AbortSignal.timeout(60_000) });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.headers.get("Content-Type")?.startsWith("application/x-protobuf"))
    throw new Error(`${route}: ${response.status} in ${response.headers.get("Content-Type")}`);
  if (!response.ok)
    throw Object.assign(new Error(`${route}: ${response.status}`), { status: response.status, details: message("google.rpc.Status").decode(bytes) });
  return message(answerType).decode(bytes);
}

const signIn = async (email, password) =>
  (await call(null, "POST", "/api/v1/auth/login", "shtp.auth.v1.LoginResponse", ["shtp.auth.v1.LoginRequest", { email, password }])).accessToken;

/** The first notification of a type in a stream: each message behind its length as a varint. */
async function firstOf(response, type) {
  let bytes = new Uint8Array();
  for await (const chunk of response.body) {
    bytes = Uint8Array.from([...bytes, ...chunk]);
    for (let next = read(bytes); next; next = read(bytes)) {
      bytes = bytes.subarray(next.length);
      if (next.event.notification?.type === type)
        return next.event;
    }
  }
  throw new Error("the stream ended");
}

function read(bytes) {
  const reader = protobuf.Reader.create(bytes);
  try {
    const event = message("shtp.notifications.v1.StreamNotificationsResponse").decodeDelimited(reader);
    return { event, length: reader.pos };
  } catch (error) {
    if (error instanceof RangeError)
      return null; // the rest is still to come
    throw error;
  }
}

const admin = await signIn(adminEmail, adminPassword);
const me = await call(admin, "GET", "/api/v1/auth/me", "shtp.users.v1.User");
console.log(`me: ${message("shtp.users.v1.User").fields.role.resolvedType.valuesById[me.role]}`);

const group = await call(admin, "PUT", "/api/v1/groups", "shtp.users.v1.Group", ["shtp.users.v1.CreateGroupRequest", { name: `Протобаф ${randomUUID()}`, color: "#34a853" }]);
const [email, password] = [`ada-${randomUUID()}@example.org`, randomUUID()];
const created = await call(admin, "PUT", "/api/v1/users", "shtp.users.v1.User", ["shtp.users.v1.CreateUserRequest", {
  email, password, firstName: "Ada", lastName: "Lovelace", role: "ROLE_STUDENT", groupId: group.uuid, learningClass: 10,
}]);
console.log(`created: ${created.firstName} ${created.lastName}, class ${created.learningClass}, avatar ${created.avatarPath}`);

const found = await call(admin, "GET", `/api/v1/users/search?query=${email}`, "shtp.users.v1.SearchUsersResponse");
console.log(`found: ${found.users.length === 1 && found.users[0].uuid === created.uuid}`);

try {
  await call(admin, "PUT", "/api/v1/users", "shtp.users.v1.User", ["shtp.users.v1.CreateUserRequest", { email: "nonsense" }]);
} catch (error) {
  const bad = error.details.details.find(detail => detail.type_url.endsWith("/google.rpc.BadRequest"));
  console.log(`refused: ${error.status} ${message("google.rpc.BadRequest").decode(bad.value).fieldViolations.some(fault => fault.field === "email")}`);
}

const ada = await signIn(email, password);
const picture = new Blob([await readFile(pictureFile)], { type: "image/png" });
const avatarForm = new FormData();
avatarForm.set("avatar", picture, "picture.png");
const avatar = await call(ada, "PATCH", "/api/v1/users/avatar", "shtp.users.v1.SetAvatarResponse", avatarForm);
const download = await fetch(new URL(`/storage/avatars/${avatar.avatar}`, address));
console.log(`avatar: ${download.headers.get("Content-Type")}`);

const stop = new AbortController();
const stream = await fetch(new URL("/mobile/api/v1/notifications/stream", address), { headers: { Authorization: `Bearer ${ada}` }, signal: stop.signal });
const told = firstOf(stream, accepted);

const text = message("shtp.achievements.v1.AchievementText");
const achievementForm = new FormData();
achievementForm.set("confirmFile", picture, "picture.png");
achievementForm.set("achievement", new Blob([text.encode(text.fromObject({ eventType: "EVENT_TYPE_OLIMPIAD", title: "Олимпиада", description: "Первое место" })).finish()],
  { type: "application/x-protobuf" }));
const achievement = await call(ada, "PUT", "/api/v1/achievements", "shtp.achievements.v1.Achievement", achievementForm);
console.log(`achievement: ${achievement.title}, status ${achievement.status}, points ${Object.hasOwn(achievement, "points") ? achievement.points : null}`);

await call(admin, "PATCH", "/api/v1/achievements/moderate", "google.protobuf.Empty",
  ["shtp.achievements.v1.ModerateAchievementRequest", { uuid: achievement.uuid, status: 1, points: 998 }]);
const { notification } = await told;
stop.abort();
console.log(`notification: type ${notification.type} ${notification.data.fields.name.stringValue} ${notification.data.fields.points.numberValue}`);

// Points travel from service to service.
const until = Date.now() + 20_000;
let leads = false;
while (!leads && Date.now() < until) {
  const { users } = await call(null, "GET", "/api/v1/users/leaderboard?limit=100", "shtp.users.v1.GetLeaderboardResponse");
  leads = users.some(row => row.uuid === created.uuid && row.rating === 998);
  await new Promise(resolve => setTimeout(resolve, 100));
}
console.log(`leaderboard: ${leads}`);

await call(admin, "DELETE", `/api/v1/users/${created.uuid}`, "google.protobuf.Empty");
await call(admin, "DELETE", `/api/v1/groups/${group.uuid}`, "google.protobuf.Empty");
console.log("done");
