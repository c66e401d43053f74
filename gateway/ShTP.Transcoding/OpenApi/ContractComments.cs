using Google.Protobuf.Reflection;
using ShTP.Protos;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The comments of the .proto files, by full name of the element.</summary>
internal sealed class ContractComments
{
    // Field numbers of descriptor.proto, which form the paths of source locations.
    private const int MessagesOfFile = 4;
    private const int EnumsOfFile = 5;
    private const int ServicesOfFile = 6;
    private const int Members = 2;

    private readonly Dictionary<string, string> _texts = [];

    public ContractComments(Contract contract)
    {
        foreach (var file in contract.Source.File)
        {
            foreach (var location in file.SourceCodeInfo?.Location ?? [])
            {
                if (location.HasLeadingComments && NameOf(file, [.. location.Path]) is { } name)
                    _texts[name] = Unwrap(location.LeadingComments);
            }
        }
    }

    /// <summary>The comment as paragraphs, or null.</summary>
    public string? Of(string fullName) => _texts.GetValueOrDefault(fullName);

    private static string? NameOf(FileDescriptorProto file, int[] path) => path switch
    {
        [MessagesOfFile, var message] => $"{file.Package}.{file.MessageType[message].Name}",
        [MessagesOfFile, var message, Members, var field] => $"{file.Package}.{file.MessageType[message].Name}.{file.MessageType[message].Field[field].Name}",
        [EnumsOfFile, var type] => $"{file.Package}.{file.EnumType[type].Name}",
        [ServicesOfFile, var service] => $"{file.Package}.{file.Service[service].Name}",
        [ServicesOfFile, var service, Members, var method] => $"{file.Package}.{file.Service[service].Name}.{file.Service[service].Method[method].Name}",
        _ => null,
    };

    // Line breaks are only formatting. An empty line starts a new paragraph.
    private static string Unwrap(string comment)
    {
        var paragraphs = new List<string> { "" };
        foreach (var line in comment.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0)
                paragraphs.Add(line);
            else
                paragraphs[^1] = paragraphs[^1].Length == 0 ? line : $"{paragraphs[^1]} {line}";
        }

        return string.Join("\n\n", paragraphs.Where(paragraph => paragraph.Length > 0));
    }
}
