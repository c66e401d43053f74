using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Responses;

/// <summary>The header <c>Link</c> of RFC 8288 to the next page of a list: the same request with the place where it goes on.</summary>
internal static class NextLink
{
    public static void Write(HttpContext context, ApiMethod method, NextPage next, ReadOnlySpan<byte> message)
    {
        if (Read(message, next.Answer) is not { Length: > 0 } place)
            return;
        var request = context.Request;
        // The parameter by either of its names.
        var query = new QueryBuilder(request.Query.Where(given => method.FindQueryField(given.Key)?.Root != next.Request.Root)) { { next.Request.Root.JsonName, place } };
        context.Response.Headers.Link = $"<{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{query}>; rel=\"next\"";
    }

    // The last one wins, as in protobuf.
    private static string Read(ReadOnlySpan<byte> message, FieldPlan field)
    {
        var place = "";
        var reader = new WireReader(message);
        while (!reader.AtEnd)
        {
            if (reader.ReadTag() is var tag && tag == field.Tag)
                place = Encoding.UTF8.GetString(reader.ReadDelimited());
            else
                reader.Skip(tag);
        }

        return place;
    }
}
