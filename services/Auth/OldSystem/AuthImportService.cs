using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.Auth.OldSystem;

/// <summary>Import RPCs of Auth, called by tools/ShTP.Import.</summary>
internal sealed class AuthImportService(AuthDb db) : V1.AuthImport.AuthImportBase
{
    public override Task<ImportResponse> ImportCredentials(V1.ImportCredentialsRequest request, ServerCallContext context) =>
        new CredentialsImport(db).RunAsync(request.Credentials, request.DryRun, context.CancellationToken);
}
