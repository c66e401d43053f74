using System.Collections.Frozen;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Data.Idempotency;

/// <summary>An RPC with effects, called by signed-in users, that a client repeats when it lost the answer.</summary>
internal sealed class RepeatableRpc
{
    private static readonly FrozenDictionary<string, RepeatableRpc> All = Contract.ShTP.Methods
        .Where(Contract.IsRepeatable)
        .ToFrozenDictionary(Contract.PathOf, method => new RepeatableRpc(method));

    private readonly byte[] _path;
    private readonly int[] _files;

    private RepeatableRpc(MethodDescriptor method)
    {
        _path = Encoding.UTF8.GetBytes(Contract.PathOf(method));
        _files = [.. method.InputType.Fields.InDeclarationOrder().Where(IsStoredFile).Select(field => field.FieldNumber)];
        Window = Contract.RepeatWindowOf(method);
        ChangesWhatIsThere = Contract.RuleOf(method).PatternCase is Google.Api.HttpRule.PatternOneofCase.Patch or Google.Api.HttpRule.PatternOneofCase.Delete;
    }

    /// <summary>For how long an equal call without a key is taken for a repetition; null for never.</summary>
    public TimeSpan? Window { get; }

    /// <summary>Whether an equal call after it may mean something else: what was made before can be gone.</summary>
    public bool ChangesWhatIsThere { get; }

    /// <summary>Null for RPCs without effects, for other services, and for callers who are not signed in.</summary>
    public static RepeatableRpc? Find(string path) => All.GetValueOrDefault(path);

    /// <summary>The RPC and the request, without what differs when a client sends the same once more: the id under which a file was stored for this call. Its name is its content's hash.</summary>
    public byte[] Describe(IMessage request)
    {
        if (_files.Length == 0)
            return [.. _path, .. request.ToByteArray()];
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        foreach (var file in _files.SelectMany(number => FilesOf(copy, number)))
            file.FileId = "";
        return [.. _path, .. copy.ToByteArray()];
    }

    private static bool IsStoredFile(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.IsMap && field.MessageType.FullName == UploadedFile.Descriptor.FullName;

    // By the message's own descriptor: that of the contract knows no generated class.
    private static RepeatedField<UploadedFile> FilesOf(IMessage request, int number) => request.Descriptor.FindFieldByNumber(number).Accessor.GetValue(request) switch
    {
        RepeatedField<UploadedFile> several => several,
        UploadedFile one => [one],
        _ => [],
    };
}
