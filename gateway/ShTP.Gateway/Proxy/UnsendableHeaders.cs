using Google.Rpc;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Proxy;

/// <summary>Refuses requests whose headers HTTP cannot carry on to a service that gets them unchanged.</summary>
internal static class UnsendableHeaders
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!values.All(value => value is null || System.Text.Ascii.IsValid(value)))
            {
                var problem = new Problem(StatusCodes.Status400BadRequest, Code.InvalidArgument, $"The header '{name}' has characters that are not ASCII");
                ProblemWriter.Write(context, problem, Negotiation.WantsProtobufErrors(context.Request));
                return Task.CompletedTask;
            }
        }

        return next(context);
    }
}
