using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>How the next page of a list is asked for.</summary>
/// <param name="Answer">The string of the response that is the place of the next page, empty at the end.</param>
/// <param name="Request">The field of the request that takes it.</param>
public sealed record NextPage(FieldPlan Answer, FieldPath Request);

/// <summary>Reads the <c>next_page</c> option.</summary>
internal static class NextPageRule
{
    /// <summary>The rule, or null when the RPC has none or a faulty one.</summary>
    internal static NextPage? Read(MethodDescriptor method, string? verb, MessagePlan input, MessagePlan output, List<string> faults)
    {
        var marked = output.Descriptor.Fields.InDeclarationOrder().Where(field => field.GetOptions()?.GetExtension(OptionsExtensions.NextPage) is { Length: > 0 }).ToList();
        if (marked.Count == 0)
            return null;
        var name = marked[0].GetOptions().GetExtension(OptionsExtensions.NextPage);
        if (marked.Count > 1)
            faults.Add($"{output.Descriptor.FullName} has two next_pages");
        else if (method.IsServerStreaming || verb != HttpMethods.Get)
            faults.Add($"its field '{marked[0].Name}' is a next_page, but it is no GET of a list");
        else if (!IsText(marked[0]) || input.Descriptor.FindFieldByName(name) is not { } field || !IsText(field))
            faults.Add($"its next_page '{marked[0].Name}' and the field '{name}' of the request are not both single strings");
        else
            return new NextPage(output.FindField((uint)marked[0].FieldNumber)!, FieldPath.Parse(input, name));
        return null;
    }

    private static bool IsText(FieldDescriptor field) => field is { FieldType: FieldType.String, IsRepeated: false };
}
