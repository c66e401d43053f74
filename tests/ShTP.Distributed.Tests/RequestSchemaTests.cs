using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>What /openapi.json says of requests is what the services accept: every bound is tried, one step beyond it and at it.</summary>
[Collection(CalmSystem.Name)]
public sealed class RequestSchemaTests(RunningSystem system)
{
    // A failed sign-in counts against the address of all tests.
    private const string Login = "/api/v1/auth/login";

    private static readonly byte[] Picture = File.ReadAllBytes(Repository.PathOf("requests", "picture.png"));

    [Fact]
    public async Task Requests_BeyondABoundOfTheirSchema_AreRefusedByField_AndAtItAreNot()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email, "admin");
        var caller = await system.Anonymous().LoginAsync(email, School.Password);
        var document = new SchemaProbes((await caller.GetAsync("/openapi.json")).Json!);
        var (tried, faults) = (0, new List<string>());

        foreach (var probe in document.Probes().Where(probe => probe.IsBeyond || probe.Path != Login))
        {
            tried++;
            var answer = await caller.SendAsync(probe.Verb, probe.Url, ContentOf(probe));
            var isNamed = (int)answer.Status == 422 && Names(answer, probe.Field);
            // The Android client shows texts of 400 alone, so a wrong new password is one.
            if (probe.IsBeyond ? !isNamed && (int)answer.Status != 400 : isNamed || answer.Text.Contains("Nothing to update", StringComparison.Ordinal))
                faults.Add($"{probe}: {(int)answer.Status} {answer.Text}");
        }

        (await admin.DeleteAsync($"/api/v1/users/{id}")).Ok();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(tried > 300, $"only {tried} probes");
    }

    // An item of a list is named with its index, and a variable of a path as the message calls it.
    private static bool Names(Answer answer, string field) =>
        answer.Json?["errors"] is JsonArray errors && errors.Select(error => ((string)error!["field"]!).Split('[')[0]).Any(named => Plain(named) == Plain(field) || (field == "id" && named == "uuid"));

    private static string Plain(string field) => field.Replace("_", "").ToUpperInvariant();

    private static HttpContent? ContentOf(SchemaProbe probe)
    {
        if (probe.Body is null)
            return null;
        if (!probe.IsForm)
            return new StringContent(probe.Body.ToJsonString(), new MediaTypeHeaderValue("application/json", "utf-8"));
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in probe.Body)
            form.Add(new StringContent(value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)text! : value!.ToJsonString()), name);
        foreach (var file in probe.Files)
            form.Add(new ByteArrayContent(Picture), file, "picture.png");
        return form;
    }
}
