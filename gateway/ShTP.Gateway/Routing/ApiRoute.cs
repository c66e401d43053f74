using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.Reflection;
using ShTP.Gateway.Transcoding;
using ShTP.Gateway.Transcoding.Catalog;
using ShTP.Gateway.Transcoding.Requests;

namespace ShTP.Gateway.Routing;

/// <summary>A method of the catalog with everything that a call of it needs, computed at start.</summary>
internal sealed class ApiRoute
{
    private const long MultipartOverhead = 1024 * 1024;

    private readonly FrozenDictionary<string, FieldPath>.AlternateLookup<ReadOnlySpan<char>> query;
    private readonly FrozenDictionary<string, UploadField> uploads;

    public ApiRoute(ApiMethod method, TranscodingOptions options)
    {
        Method = method;
        Timeout = method.Timeout ?? options.Timeout;
        GrpcTimeout = ((long)Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "m";
        HasNoSideEffects = method.Descriptor.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects;
        StoresFiles = method.Uploads.Any(upload => !upload.IsInline);
        MaxBodyBytes = method.Uploads.Count == 0
            ? options.MaxRequestBytes
            : method.Uploads.Sum(upload => upload.Options.MaxBytes * upload.MaxCount) + MultipartOverhead;
        // With files the body is parts, and small fields come in the query just as well.
        query = (method.Uploads.Count == 0 ? method.QueryBindings : QueryNames.Of(method.Input, null, method.PathBindings))
            // References to stored files are the gateway's to write, never the client's.
            .Where(entry => !method.Uploads.Any(upload => upload.Field == entry.Value.Root))
            .ToFrozenDictionary()
            .GetAlternateLookup<ReadOnlySpan<char>>();
        uploads = method.Uploads.ToFrozenDictionary(upload => upload.Field.JsonName);
    }

    /// <summary>The method.</summary>
    public ApiMethod Method { get; }

    /// <summary>How long a unary call may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The header of that name.</summary>
    public string GrpcTimeout { get; }

    /// <summary>The contract says that calling twice does no harm.</summary>
    public bool HasNoSideEffects { get; }

    /// <summary>Files of the request go to the Files service.</summary>
    public bool StoresFiles { get; }

    /// <summary>The most that a body may have.</summary>
    public long MaxBodyBytes { get; }

    /// <summary>The field that a query parameter names, or null.</summary>
    public FieldPath? FindQueryField(ReadOnlySpan<char> name) => query.TryGetValue(name, out var path) ? path : null;

    /// <summary>The upload whose parts have this name, or null.</summary>
    public UploadField? FindUpload(string name) => uploads.GetValueOrDefault(name);
}
