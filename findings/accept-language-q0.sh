#!/usr/bin/env bash
# ASP.NET Core's request localization (Microsoft.AspNetCore.App 10.0, SDK 10.0.401), seen 2026-11-29.
#
# `q=0` in Accept-Language means "not acceptable" (RFC 9110, 12.5.4 and 12.4.2). AcceptLanguageHeaderRequestCultureProvider
# only sorts by quality, so a language that is refused is still chosen where no other one is supported, instead of
# the default.
#
# Output seen (supported: en and ru, default: en):
#   ru;q=0 -> ru
#   ru;q=0, de -> ru
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

var options = new RequestLocalizationOptions().SetDefaultCulture("en").AddSupportedCultures("en", "ru").AddSupportedUICultures("en", "ru");
var localization = new RequestLocalizationMiddleware(
    context => context.Response.WriteAsync(CultureInfo.CurrentUICulture.Name), Options.Create(options), NullLoggerFactory.Instance);
foreach (var wanted in new[] { "ru;q=0", "ru;q=0, de" })
{
    var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
    context.Request.Headers.AcceptLanguage = wanted;
    await localization.Invoke(context);
    Console.WriteLine($"{wanted} -> {System.Text.Encoding.ASCII.GetString(((MemoryStream)context.Response.Body).ToArray())}");
}
PROGRAM
seen=$(dotnet run 2>&1)
echo "$seen"
[ "$seen" = $'ru;q=0 -> ru\nru;q=0, de -> ru' ] || { echo "Not as seen" >&2; exit 1; }
