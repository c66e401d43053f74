#!/usr/bin/env bash
# xunit.v3.mtp-v2 4.0.2, seen 2026-11-29.
#
# Assert.Skip in a test, in the constructor or in InitializeAsync of a test class skips. In InitializeAsync of a class or
# collection fixture, where a suite finds out that its database or compiler is missing, every test of the fixture fails, and
# the internal mark of a skip stands in the message.
#
# Output seen:
#   Class fixture type 'Database' threw in InitializeAsync
#   ---- $XunitDynamicSkip$no database here
#   Total: 2, Errors: 0, Failed: 1, Skipped: 1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="xunit.v3.mtp-v2" Version="[4.0.2]" />
  </ItemGroup>
</Project>
PROJECT
cat > Tests.cs <<'TESTS'
using Xunit;

public sealed class Database : IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        Assert.Skip("no database here");
        return default;
    }

    public ValueTask DisposeAsync() => default;
}

public sealed class OfAFixture(Database database) : IClassFixture<Database>
{
    [Fact]
    public void Test() => Assert.NotNull(database);
}

public sealed class OfAClass : IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        Assert.Skip("no database here");
        return default;
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public void Test() => Assert.Fail();
}
TESTS
seen=$(dotnet run -- -noColor 2>/dev/null || true)
for expected in "Class fixture type 'Database' threw in InitializeAsync" '---- $XunitDynamicSkip$no database here' 'Total: 2, Errors: 0, Failed: 1, Skipped: 1'; do
  echo "$seen" | grep -F -- "$expected" | sed 's/^ *//' || { echo "Not seen as in 4.0.2: $expected" >&2; exit 1; }
done
