using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>One HTTP rule of one RPC, with everything that transcoding a request and its response needs. Immutable.</summary>
public sealed class ApiMethod
{
    private readonly FrozenDictionary<string, FieldPath>.AlternateLookup<ReadOnlySpan<char>> _query;
    private readonly FrozenDictionary<string, UploadField> _uploads;

    internal ApiMethod(
        MethodDescriptor descriptor, MessagePlan input, MessagePlan output, IReadOnlyList<UploadField> uploadFields, IReadOnlyList<PathBinding> paths, FrozenDictionary<string, FieldPath> queryBindings)
    {
        Descriptor = descriptor;
        Output = output;
        HasNoSideEffects = descriptor.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects;
        TakesTicket = descriptor.GetOptions()?.GetExtension(OptionsExtensions.TakesTicket) ?? false;
        IsRepeatable = Contract.IsRepeatable(descriptor);
        StoresFiles = uploadFields.Any(upload => !upload.IsInline);
        ReturnsHttpBody = output.Descriptor.FullName == MethodCatalog.HttpBodyType;
        Uploads = uploadFields;
        PathBindings = paths;
        QueryBindings = queryBindings;
        Input = input;
        _uploads = uploadFields.ToFrozenDictionary(upload => upload.Field.JsonName);
        // The body of an upload is multipart, so small fields may also come in the query.
        _query = (uploadFields.Count == 0 ? queryBindings : QueryNames.Of(input, null, paths))
            // Only the gateway writes references to stored files.
            .Where(entry => !uploadFields.Any(upload => upload.Field == entry.Value.Root))
            .ToFrozenDictionary()
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Unique among the rules: the RPC's full name, with the number of the additional binding.</summary>
    public required string RouteId { get; init; }

    /// <summary>The RPC.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>The HTTP/2 path of the RPC.</summary>
    public required string RpcPath { get; init; }

    /// <summary>The resource name of the service's process.</summary>
    public required string Area { get; init; }

    /// <summary>The HTTP method, in capitals.</summary>
    public required string Verb { get; init; }

    /// <summary>The path.</summary>
    public required PathTemplate Template { get; init; }

    /// <summary>The access rule; never internal.</summary>
    public required AccessRule Access { get; init; }

    /// <summary>Time limit of a unary call; streams have none.</summary>
    public required TimeSpan Timeout
    {
        get;
        init
        {
            field = value;
            GrpcTimeout = ((long)value.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "m";
        }
    }

    /// <summary>The same as the header <c>grpc-timeout</c>.</summary>
    public string GrpcTimeout { get; private init; } = "";

    /// <summary>Largest body in bytes.</summary>
    public required long MaxBodyBytes { get; init; }

    /// <summary>The request.</summary>
    public MessagePlan Input { get; }

    /// <summary>The response message, or one item of the stream.</summary>
    public MessagePlan Output { get; }

    /// <summary>Kind of the HTTP body.</summary>
    public required BodyKind Body { get; init; }

    /// <summary>The field of the body, for <see cref="BodyKind.Field"/>.</summary>
    public required FieldPlan? BodyField { get; init; }

    /// <summary>The field that is the response body, or null for the whole message.</summary>
    public required FieldPlan? ResponseBody { get; init; }

    /// <summary>The upload fields.</summary>
    public IReadOnlyList<UploadField> Uploads { get; }

    /// <summary>Fields that are set by variables of the path.</summary>
    public IReadOnlyList<PathBinding> PathBindings { get; }

    /// <summary>Fields that query parameters can set, by JSON and proto names; empty when the body is the whole request.</summary>
    public FrozenDictionary<string, FieldPath> QueryBindings { get; }

    /// <summary>The field of a stream's item that is the id of its event, or null.</summary>
    public required FieldPlan? EventId { get; init; }

    /// <summary>The field that the header <c>Last-Event-ID</c> sets, or null.</summary>
    public required FieldPath? LastEventId { get; init; }

    /// <summary>How the next page of the list is asked for, or null.</summary>
    public required NextPage? NextPage { get; init; }

    /// <summary>The contract marks the RPC as safe to repeat.</summary>
    public bool HasNoSideEffects { get; }

    /// <summary>A one-time ticket in the query may stand for the token in the header.</summary>
    public bool TakesTicket { get; }

    /// <summary>A client that repeats the RPC with the same idempotency key gets the first answer again.</summary>
    public bool IsRepeatable { get; }

    /// <summary>The request has files, which are sent to Files.</summary>
    public bool StoresFiles { get; }

    /// <summary>The response is a stream of messages.</summary>
    public bool IsServerStreaming => Descriptor.IsServerStreaming;

    /// <summary>The response is a raw body, google.api.HttpBody.</summary>
    public bool ReturnsHttpBody { get; }

    /// <summary>The response is google.protobuf.Empty: <c>null</c> in JSON.</summary>
    public bool ReturnsEmpty => Output.WellKnown == WellKnownType.Empty;

    /// <summary>The field that a query parameter names, or null.</summary>
    public FieldPath? FindQueryField(ReadOnlySpan<char> name) => _query.TryGetValue(name, out var path) ? path : null;

    /// <summary>The upload whose parts have this name, or null.</summary>
    public UploadField? FindUpload(string name) => _uploads.GetValueOrDefault(name);
}

/// <summary>The kind of an HTTP body.</summary>
public enum BodyKind
{
    /// <summary>The RPC reads no body; a body that is sent is ignored.</summary>
    None,

    /// <summary>The whole request.</summary>
    Whole,

    /// <summary>One field of the request.</summary>
    Field,
}

/// <summary>A variable of the path and the field that it sets.</summary>
public sealed record PathBinding(TemplateVariable Variable, FieldPath Field);
