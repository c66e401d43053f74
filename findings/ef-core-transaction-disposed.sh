#!/usr/bin/env bash
# EF Core (Microsoft.EntityFrameworkCore.Relational) 10 with Npgsql.EntityFrameworkCore.PostgreSQL 10.0.3, and Npgsql 10.0.3, seen 2026-11-29.
#
# A transaction that is only disposed of, as after an exception in its block, is rolled back by the database, and the
# DbTransactionInterceptor is told of neither a rollback nor a failure. Npgsql gives the next transaction of the
# connection the same NpgsqlTransaction object. So work that an interceptor keeps per transaction object, to be done
# after the commit, and throws away in TransactionRolledBack, is done after the commit of an unrelated later transaction.
# TransactionStarted is the place where it can be thrown away.
#
# Output seen:
#   disposed: started
#   committed: started committed
#   same object: True
set -euo pipefail
command -v pg_ctl >/dev/null || PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
command -v pg_ctl >/dev/null || { echo "PostgreSQL is needed: apt-get install postgresql" >&2; exit 2; }
work=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir "$work/run" "$work/app"
[ "$(id -u)" != 0 ] || { chmod 711 "$work"; chown 65534:65534 "$work/run"; }
stop() { (cd / && as pg_ctl -D "$work/run/data" -m immediate stop >/dev/null 2>&1) || true; rm -rf "$work"; }
trap stop EXIT
cd "$work/run"
as initdb -D "$work/run/data" -A trust -U finding >/dev/null
as pg_ctl -D "$work/run/data" -w -o "-c listen_addresses='' -k $work/run" -l "$work/run/log" start >/dev/null
cd "$work/app"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="[10.0.3]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

var told = new Told();
await using var db = new DbContext(new DbContextOptionsBuilder().UseNpgsql(args[0]).AddInterceptors(told).Options);
await using (await db.Database.BeginTransactionAsync())
    await db.Database.ExecuteSqlRawAsync("SELECT 1");
Console.WriteLine($"disposed: {told.Take()}");
var first = told.Transaction;
await using (var second = await db.Database.BeginTransactionAsync())
    await second.CommitAsync();
Console.WriteLine($"committed: {told.Take()}");
Console.WriteLine($"same object: {ReferenceEquals(first, told.Transaction)}");

internal sealed class Told : DbTransactionInterceptor
{
    private readonly List<string> _events = [];

    public DbTransaction? Transaction { get; private set; }

    public string Take()
    {
        var all = string.Join(' ', _events);
        _events.Clear();
        return all;
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        _events.Add("started");
        Transaction = result;
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Add("committed");

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => _events.Add("rolled back");

    public override Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Add("rolled back");

    public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => _events.Add("failed");

    public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default) => Add("failed");

    private Task Add(string what)
    {
        _events.Add(what);
        return Task.CompletedTask;
    }
}
PROGRAM
seen=$(dotnet run -- "Host=$work/run;Username=finding;Database=postgres" 2>&1)
echo "$seen"
[ "$seen" = $'disposed: started\ncommitted: started committed\nsame object: True' ] || { echo "Not as in 10.0.3" >&2; exit 1; }
