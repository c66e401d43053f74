using Google.Rpc;
using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.Localization;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Authorization;

/// <summary>Lets a one-time ticket in the query stand for the token in the header, on the routes that take one.</summary>
internal sealed class StreamTickets(AuthInternal.AuthInternalClient auth)
{
    private const string Parameter = "ticket";

    public static bool IsGiven(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ApiMethod>() is { TakesTicket: true } && context.Request.Query.ContainsKey(Parameter);

    /// <summary>Whether the request may go on, with the token that the ticket was for. Otherwise it is answered.</summary>
    public async Task<bool> RedeemAsync(HttpContext context)
    {
        try
        {
            var request = new RedeemStreamTicketRequest { Ticket = context.Request.Query[Parameter].ToString() };
            var token = (await auth.RedeemStreamTicketAsync(request, cancellationToken: context.RequestAborted)).AccessToken;
            context.Request.Headers.Authorization = $"Bearer {token}";
            return true;
        }
        catch (RpcException refused)
        {
            var problem = refused.StatusCode == StatusCode.NotFound
                ? new Problem(StatusCodes.Status401Unauthorized, Code.Unauthenticated, LocalizedText.Verbatim(refused.Status.Detail)) { Challenge = "Bearer error=\"invalid_token\"" }
                : StatusMapping.ToProblem(refused);
            ProblemWriter.Write(context, problem, Negotiation.WantsProtobufErrors(context.Request));
            return false;
        }
    }
}
