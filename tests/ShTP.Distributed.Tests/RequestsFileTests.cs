using System.Net;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Protos;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>requests/shtp.http, which newcomers click through: every request answers as its title says, and no RPC is left out.</summary>
[Collection(CalmSystem.Name)]
public sealed partial class RequestsFileTests(RunningSystem system)
{
    private static string FilePath => Repository.PathOf("requests", "shtp.http");

    [Fact]
    public async Task Requests_InTheirOrder_AnswerAsTheirTitlesSay() => await SendAllAsync(system, FilePath);

    /// <summary>Fails with each request that does not answer as its title says.</summary>
    internal static async Task SendAllAsync(RunningSystem system, string path)
    {
        var file = HttpRequestFile.Read(path);
        using var http = system.Anonymous().Http;
        file.Set("host", http.BaseAddress!.ToString().TrimEnd('/'));
        file.Set("email", RunningSystem.AdminEmail);
        file.Set("password", system.AdminPassword);
        var faults = new List<string>();

        foreach (var request in file.Requests)
        {
            var (status, text) = await SendAsync(http, file, request);
            if ((int)status == request.ExpectedStatus)
                file.Remember(request, text);
            else
                faults.Add($"line {request.Line}, {request.Title}: {request.Verb} {request.Url} answered {(int)status}: {text}");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Requests_CallEveryRpc()
    {
        var rules = (from method in Contract.ShTP.Methods
                     let rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http)
                     where rule is not null
                     from binding in rule.AdditionalBindings.Prepend(rule)
                     select new Rule(method, binding)).ToList();
        Assert.NotEmpty(rules);

        var called = HttpRequestFile.Read(FilePath).Requests.Select(request => Called(rules, request)).OfType<MethodDescriptor>().ToHashSet();

        Assert.Empty(rules.Select(rule => rule.Method).Distinct().Where(method => !called.Contains(method)).Select(Contract.PathOf));
    }

    [Fact]
    public void Requests_EachHaveATitle() =>
        Assert.DoesNotContain(HttpRequestFile.Read(FilePath).Requests, request => request.Title.Length == 0);

    private static MethodDescriptor? Called(List<Rule> rules, HttpFileRequest request)
    {
        var path = Variables().Replace(request.Url.Replace("{{api}}", "/api/v1").Replace("{{host}}", "").Split('?')[0], "x");
        // As the gateway chooses: a word of its own before a variable.
        return rules.Where(rule => rule.Verb == request.Verb && rule.Pattern.IsMatch(path)).MinBy(rule => rule.Variables)?.Method;
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpClient http, HttpRequestFile file, HttpFileRequest request)
    {
        using var limit = new CancellationTokenSource(RunningSystem.StepLimit);
        using var message = file.Build(request);
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        // A stream stays open as long as one likes.
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return (response.StatusCode, isStream ? "" : await response.Content.ReadAsStringAsync(limit.Token));
    }

    [GeneratedRegex(@"\{\{[^}]*\}\}")]
    private static partial Regex Variables();

    private sealed record Rule(MethodDescriptor Method, HttpRule Http)
    {
        private string Template => Http.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => Http.Get,
            HttpRule.PatternOneofCase.Put => Http.Put,
            HttpRule.PatternOneofCase.Post => Http.Post,
            HttpRule.PatternOneofCase.Patch => Http.Patch,
            HttpRule.PatternOneofCase.Delete => Http.Delete,
            _ => throw new InvalidOperationException($"{Method.FullName}: a rule of the kind {Http.PatternCase}"),
        };

        public string Verb => Http.PatternCase.ToString().ToUpperInvariant();

        public int Variables => Template.Count(c => c == '{');

        public Regex Pattern => new($"^{Regex.Replace(Regex.Escape(Template), @"\\\{[^}]*\}", "[^/]+")}$");
    }
}
