using Google.Protobuf.Reflection;
using Google.Rpc;
using ShTP.Api.V1;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The <c>errors</c> options of an RPC by the HTTP status that they become.</summary>
internal static class ErrorCases
{
    /// <summary>What belongs to each HTTP status, in the order of statuses.</summary>
    public static SortedDictionary<int, string> Read(MethodDescriptor method)
    {
        var texts = new SortedDictionary<int, string>();
        foreach (var error in method.GetOptions()?.GetExtension(OptionsExtensions.Errors) ?? [])
        {
            // Nearly always about fields; what cannot be read at all is 400 everywhere.
            var status = error.Code == Code.InvalidArgument ? StatusCodes.Status422UnprocessableEntity : StatusMapping.ToHttp(error.Code);
            var text = $"{ProblemWriter.NameOf(error.Code)} {error.Text}".TrimEnd();
            texts[status] = texts.TryGetValue(status, out var earlier) ? $"{earlier}; {text}" : text;
        }

        return texts;
    }
}
