using System.Collections.Frozen;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;

namespace ShTP.Protos;

/// <summary>
/// The descriptors of all .proto files. Routes, access rules and documentation are read from them, so a new RPC needs
/// no code outside its service.
/// </summary>
public sealed class Contract
{
    /// <summary>The contract of ShTP.</summary>
    public static Contract ShTP { get; } = Load(ReadEmbedded());

    private readonly FrozenDictionary<string, MethodDescriptor> _methods;

    private Contract(IReadOnlyList<FileDescriptor> files, FileDescriptorSet source)
    {
        Files = files;
        Source = source;
        _methods = files
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .ToFrozenDictionary(PathOf);
    }

    /// <summary>All files in dependency order, imports included.</summary>
    public IReadOnlyList<FileDescriptor> Files { get; }

    /// <summary>The set as compiled, with source information: the comments that become documentation.</summary>
    public FileDescriptorSet Source { get; }

    /// <summary>All RPCs of all services.</summary>
    public IEnumerable<MethodDescriptor> Methods => _methods.Values;

    /// <summary>Reads a descriptor set that protoc wrote with <c>--include_imports</c>.</summary>
    public static Contract Load(ReadOnlySpan<byte> descriptorSet)
    {
        var extensions = new ExtensionRegistry
        {
            AnnotationsExtensions.Http,
            OptionsExtensions.Access,
            OptionsExtensions.Errors,
            OptionsExtensions.RepeatWindowSeconds,
            OptionsExtensions.TimeoutSeconds,
            OptionsExtensions.Upload,
            OptionsExtensions.StandsAlone,
            OptionsExtensions.TakesTicket,
            OptionsExtensions.Audit,
            OptionsExtensions.EventId,
            OptionsExtensions.ClearedIn,
            OptionsExtensions.Rules,
            OptionsExtensions.Alias,
            OptionsExtensions.NextPage,
            OptionsExtensions.JsonValue,
        };
        var set = FileDescriptorSet.Parser.WithExtensionRegistry(extensions).ParseFrom(descriptorSet);
        var files = FileDescriptor.BuildFromByteStrings(set.File.Select(file => file.ToByteString()), extensions);
        return new Contract(files, set);
    }

    /// <summary>The RPC with the path <c>/package.Service/Method</c>, or null.</summary>
    public MethodDescriptor? FindMethod(string path) => _methods.GetValueOrDefault(path);

    /// <summary>The HTTP/2 path of an RPC.</summary>
    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>The area of a service, which is the resource name of its process: "users" for <c>shtp.users.v1</c>.</summary>
    public static string AreaOf(ServiceDescriptor service) => AreaOf(service.File.Package);

    /// <summary>The area of a package or of a full RPC path.</summary>
    public static string AreaOf(string packageOrPath) => packageOrPath.TrimStart('/').Split('.') switch
    {
        ["shtp", var area, ..] => area,
        _ => throw new ArgumentException($"'{packageOrPath}' does not belong to shtp.<area>.", nameof(packageOrPath)),
    };

    /// <summary>The access rule of the RPC, or null when the .proto has none.</summary>
    public static Access? AccessOf(MethodDescriptor method) => method.GetOptions()?.GetExtension(OptionsExtensions.Access);

    /// <summary>
    /// Whether a client that lost the answer can repeat the RPC with an idempotency key: one with effects, for users who are
    /// signed in. Sign-in itself has no user to remember it for.
    /// </summary>
    public static bool IsRepeatable(MethodDescriptor method) =>
        method is { IsClientStreaming: false, IsServerStreaming: false }
        && AccessOf(method) is { Internal: null, Level: Level.SignedIn or Level.Teacher or Level.Admin }
        && RuleOf(method).PatternCase is HttpRule.PatternOneofCase.Post or HttpRule.PatternOneofCase.Put or HttpRule.PatternOneofCase.Patch or HttpRule.PatternOneofCase.Delete;

    /// <summary>For how long an equal call without an idempotency key counts as a repetition, or null.</summary>
    public static TimeSpan? RepeatWindowOf(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(OptionsExtensions.RepeatWindowSeconds) is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The HTTP rule of the RPC; empty when it has none.</summary>
    public static HttpRule RuleOf(MethodDescriptor method) => method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) ?? new HttpRule();

    /// <summary>Who writes the RPC's entry in the audit; unspecified where it has none.</summary>
    public static Audit AuditOf(MethodDescriptor method)
    {
        var said = method.GetOptions()?.GetExtension(OptionsExtensions.Audit) ?? Audit.Unspecified;
        return said == Audit.Unspecified && IsRepeatable(method) && AccessOf(method) is { Level: Level.Teacher or Level.Admin } ? Audit.Call : said;
    }

    private static byte[] ReadEmbedded()
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream("shtp.binpb")
            ?? throw new InvalidOperationException("The descriptor set is not embedded in ShTP.Protos.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
