using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Protos;
using ShTP.Transcoding.Catalog;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The .proto files without what only the services themselves call: internal RPCs, and messages that no other RPC has.</summary>
internal sealed class PublicProtos
{
    private const string OptionsFile = "shtp/api/v1/options.proto";
    private const string HttpFile = "google/api/annotations.proto";

    private readonly Contract _contract;
    private readonly HashSet<IDescriptor> _kept = [];

    public PublicProtos(Contract contract, MethodCatalog catalog)
    {
        _contract = contract;
        foreach (var method in catalog.Methods.Select(method => method.Descriptor))
        {
            _kept.Add(method.Service);
            Keep(method.InputType);
            Keep(method.OutputType);
        }
    }

    /// <summary>The file without what is internal, or null when nothing of it remains.</summary>
    /// <param name="name">As it is imported; files from elsewhere are kept as they are.</param>
    /// <param name="source">The whole text of the file.</param>
    public string? Filter(string name, string source)
    {
        if (name == OptionsFile || !name.StartsWith("shtp/", StringComparison.Ordinal))
            return source;
        var file = _contract.Files.Single(file => file.Name == name);
        if (!TopLevelOf(file).Any(_kept.Contains))
            return null;
        var lines = source.Split('\n');
        var proto = _contract.Source.File.Single(own => own.Name == name);
        foreach (var location in proto.SourceCodeInfo.Location)
        {
            if (ElementAt(file, [.. location.Path]) is { } element && !_kept.Contains(element))
                Remove(lines, location.Span[0], location.Span.Count == 4 ? location.Span[2] : location.Span[0]);
        }

        var rest = string.Join('\n', lines.Where(line => line != Gone));
        return WithoutImports(file, rest);
    }

    private const string Gone = "\0";

    private static IEnumerable<IDescriptor> TopLevelOf(FileDescriptor file) => [.. file.MessageTypes, .. file.EnumTypes, .. file.Services];

    private static IDescriptor? ElementAt(FileDescriptor file, int[] path) => path switch
    {
        [FileDescriptorProto.MessageTypeFieldNumber, var message] => file.MessageTypes[message],
        [FileDescriptorProto.EnumTypeFieldNumber, var type] => file.EnumTypes[type],
        [FileDescriptorProto.ServiceFieldNumber, var service] => file.Services[service],
        _ => null,
    };

    // With its comment above and the empty line below.
    private static void Remove(string[] lines, int first, int last)
    {
        while (first > 0 && lines[first - 1].StartsWith("//", StringComparison.Ordinal))
            first--;
        if (last + 1 < lines.Length && lines[last + 1].Length == 0)
            last++;
        Array.Fill(lines, Gone, first, last - first + 1);
    }

    private string WithoutImports(FileDescriptor file, string text)
    {
        var needed = TopLevelOf(file).Where(_kept.Contains).SelectMany(ReferencesOf).Select(type => type.File.Name).ToHashSet();
        if (text.Contains("(shtp.api.v1.", StringComparison.Ordinal))
            needed.Add(OptionsFile);
        if (text.Contains("(google.api.http)", StringComparison.Ordinal))
            needed.Add(HttpFile);
        var rest = new StringBuilder(text);
        foreach (var dependency in file.Dependencies.Where(dependency => !needed.Contains(dependency.Name)))
            rest.Replace($"import \"{dependency.Name}\";\n", "");
        return rest.ToString();
    }

    private static IEnumerable<IDescriptor> ReferencesOf(IDescriptor element) => element switch
    {
        MessageDescriptor message => message.Fields.InDeclarationOrder().Select(TypeOf).OfType<IDescriptor>(),
        ServiceDescriptor service => service.Methods.SelectMany(method => new[] { method.InputType, method.OutputType }),
        _ => [],
    };

    private static IDescriptor? TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType,
        FieldType.Enum => field.EnumType,
        _ => null,
    };

    private void Keep(IDescriptor type)
    {
        if (!_kept.Add(type))
            return;
        foreach (var used in ReferencesOf(type))
            Keep(used);
    }
}
