using Google.Rpc;
using Microsoft.AspNetCore.Http.Features;
using ShTP.Gateway.Edge;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Refuses requests that cannot be forwarded as they are: headers that HTTP cannot carry on unchanged, and bodies that the
/// service would refuse, because it then closes the connection and its answer can be lost.
/// </summary>
internal static class UnsendableRequests
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (FindProblem(context) is not { } problem)
            return next(context);
        ProblemWriter.Write(context, problem, Negotiation.WantsProtobufErrors(context.Request));
        return Task.CompletedTask;
    }

    private static Problem? FindProblem(HttpContext context)
    {
        if (context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
            return BadRequests.Describe(StatusCodes.Status413PayloadTooLarge);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!values.All(value => value is null || System.Text.Ascii.IsValid(value)))
                return new Problem(StatusCodes.Status400BadRequest, Code.InvalidArgument, $"The header '{name}' has characters that are not ASCII");
        }

        return null;
    }
}
