using System.Collections.Frozen;
using System.Globalization;
using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;
using ShTP.Protos;

namespace ShTP.Transcoding.Catalog;

/// <summary>Reads one HTTP rule of one RPC and records its faults.</summary>
internal sealed class RuleReader(MethodDescriptor method, AccessRule? access, HttpRule rule, MessagePlan input, MessagePlan output, TranscodingOptions options)
{
    private const long MultipartOverhead = 1024 * 1024;

    private readonly List<string> _faults = [];

    internal IReadOnlyList<string> Faults => _faults;

    /// <summary>The rule, or null when it is faulty.</summary>
    internal ApiMethod? Read(int number)
    {
        var (verb, text) = ReadPattern();
        var template = ReadTemplate(text);
        var (body, bodyField) = ReadBody(verb);
        var responseBody = ReadResponseBody();
        var paths = ReadPathBindings(template, bodyField);
        var uploads = new UploadRules(method, input, body, _faults).Read();
        var events = new EventIdRules(method, _faults);
        var (eventId, lastEventId) = (events.ReadAnswer(output), events.ReadRequest(input));
        var nextPage = NextPageRule.Read(method, verb, input, output, _faults);
        if (_faults.Count > 0 || access is null)
            return null;
        var timeout = method.GetOptions()!.GetExtension(OptionsExtensions.TimeoutSeconds);
        return new ApiMethod(method, input, output, uploads, paths, body == BodyKind.Whole ? FrozenDictionary<string, FieldPath>.Empty : QueryNames.Of(input, bodyField, paths))
        {
            RouteId = number == 0 ? method.FullName : string.Create(CultureInfo.InvariantCulture, $"{method.FullName}#{number}"),
            RpcPath = Contract.PathOf(method),
            Area = method.Service.File.Package.Split('.').ElementAtOrDefault(1) ?? "",
            Verb = verb!,
            Template = template!,
            Access = access,
            Timeout = timeout > 0 ? TimeSpan.FromSeconds(timeout) : options.Timeout,
            MaxBodyBytes = uploads.Count == 0 ? options.MaxRequestBytes : uploads.Sum(upload => upload.Options.MaxBytes * upload.MaxCount) + MultipartOverhead,
            Body = body,
            BodyField = bodyField,
            ResponseBody = responseBody,
            EventId = eventId,
            LastEventId = lastEventId,
            NextPage = nextPage,
        };
    }

    private (string? Verb, string? Path) ReadPattern()
    {
        var pattern = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
            HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
            HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
            HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
            _ => ((string?)null, (string?)null),
        };
        if (pattern.Item1 is null)
            _faults.Add("its HTTP rule has no get, put, post, delete or patch; custom methods are not supported");
        return pattern;
    }

    private PathTemplate? ReadTemplate(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return PathTemplate.Parse(text);
        }
        catch (FormatException malformed)
        {
            _faults.Add($"its path '{text}' is malformed: {malformed.Message}");
            return null;
        }
    }

    private (BodyKind Kind, FieldPlan? Field) ReadBody(string? verb)
    {
        if (rule.Body.Length == 0)
            return (BodyKind.None, null);
        if (verb == HttpMethods.Get)
            _faults.Add("GET has no body");
        if (rule.Body == "*")
        {
            if (input.Descriptor.FullName == MethodCatalog.HttpBodyType)
                _faults.Add("raw request bodies (HttpBody) are not supported");
            return (BodyKind.Whole, null);
        }

        if (input.Descriptor.FindFieldByName(rule.Body) is not { } field)
        {
            _faults.Add($"its body '{rule.Body}' is not a field of {input.Descriptor.FullName}");
            return (BodyKind.Field, null);
        }

        if (field is { FieldType: FieldType.Message, MessageType.FullName: MethodCatalog.HttpBodyType })
            _faults.Add("raw request bodies (HttpBody) are not supported");
        return (BodyKind.Field, input.FindField(field.Name));
    }

    private FieldPlan? ReadResponseBody()
    {
        if (rule.ResponseBody.Length == 0)
            return null;
        if (output.Descriptor.FindFieldByName(rule.ResponseBody) is { } field)
            return output.FindField((uint)field.FieldNumber);
        _faults.Add($"its response_body '{rule.ResponseBody}' is not a field of {output.Descriptor.FullName}");
        return null;
    }

    private List<PathBinding> ReadPathBindings(PathTemplate? template, FieldPlan? bodyField)
    {
        var bindings = new List<PathBinding>();
        foreach (var variable in template?.Variables ?? [])
        {
            if (!FieldPath.TryParse(input, variable.Field, out var field, out var fault))
                _faults.Add($"its path variable '{variable.Field}' cannot be bound: {fault}");
            else if (field.Field.IsRepeated || field.Field.Type == FieldType.Message)
                _faults.Add($"its path variable '{variable.Field}' is not a single scalar");
            else if (bodyField is not null && field.Root == bodyField)
                _faults.Add($"its path variable '{variable.Field}' is in the body too");
            else
                bindings.Add(new PathBinding(variable, field));
        }

        return bindings;
    }
}
