using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Gateway.Transcoding.Codecs;
using ShTP.Gateway.Transcoding.Requests;

namespace ShTP.Gateway.Transcoding.Catalog;

/// <summary>One HTTP rule of one RPC: all that is needed to turn a request into a gRPC message and the answer back. Immutable.</summary>
public sealed class ApiMethod
{
    /// <summary>Unique among the rules: the RPC's full name, with the number of the additional binding.</summary>
    public required string RouteId { get; init; }

    /// <summary>The RPC.</summary>
    public required MethodDescriptor Descriptor { get; init; }

    /// <summary>The HTTP/2 path of the RPC.</summary>
    public required string RpcPath { get; init; }

    /// <summary>The resource name of the service's process.</summary>
    public required string Area { get; init; }

    /// <summary>The HTTP method, in capitals.</summary>
    public required string Verb { get; init; }

    /// <summary>The path.</summary>
    public required PathTemplate Template { get; init; }

    /// <summary>Who may call; never unspecified and never internal.</summary>
    public required Level Access { get; init; }

    /// <summary>Which rate limit counts the call.</summary>
    public required RateClass RateClass { get; init; }

    /// <summary>How long the call may take; null means the gateway's default, and no limit for a stream.</summary>
    public required TimeSpan? Timeout { get; init; }

    /// <summary>The request.</summary>
    public required MessagePlan Input { get; init; }

    /// <summary>The answer, or one item of the stream.</summary>
    public required MessagePlan Output { get; init; }

    /// <summary>What the HTTP body is.</summary>
    public required BodyKind Body { get; init; }

    /// <summary>The field that the body is, for <see cref="BodyKind.Field"/>.</summary>
    public required FieldPlan? BodyField { get; init; }

    /// <summary>The one field that the answer's body is, or null for the whole message.</summary>
    public required FieldPlan? ResponseBody { get; init; }

    /// <summary>Fields that take files.</summary>
    public required IReadOnlyList<UploadField> Uploads { get; init; }

    /// <summary>Fields that variables of the path set.</summary>
    public required IReadOnlyList<PathBinding> PathBindings { get; init; }

    /// <summary>Fields that query parameters set, by JSON and by proto names; none when the body is the whole request.</summary>
    public required FrozenDictionary<string, FieldPath> QueryBindings { get; init; }

    /// <summary>The field of a stream's item that is the id of its event, or null.</summary>
    public required FieldPlan? EventId { get; init; }

    /// <summary>The field that the header <c>Last-Event-ID</c> sets, or null.</summary>
    public required FieldPath? LastEventId { get; init; }

    /// <summary>The answer is a stream of messages.</summary>
    public bool IsServerStreaming => Descriptor.IsServerStreaming;

    /// <summary>The answer is a body as it is, google.api.HttpBody.</summary>
    public bool ReturnsHttpBody => Output.Descriptor.FullName == MethodCatalog.HttpBodyType;

    /// <summary>The answer is google.protobuf.Empty: <c>null</c> in JSON.</summary>
    public bool ReturnsEmpty => Output.WellKnown == WellKnownType.Empty;
}

/// <summary>What the HTTP body holds.</summary>
public enum BodyKind
{
    /// <summary>Nothing that the RPC reads; a body that comes nevertheless is ignored.</summary>
    None,

    /// <summary>The whole request.</summary>
    Whole,

    /// <summary>One field of the request.</summary>
    Field,
}

/// <summary>A variable of the path and the field that it sets.</summary>
public sealed record PathBinding(TemplateVariable Variable, FieldPath Field);
