using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Auth.Data;

namespace ShTP.Auth.OldSystem;

/// <summary>What the import of the old system asks of Auth.</summary>
internal sealed class AuthImportService(AuthDb db) : V1.AuthImport.AuthImportBase
{
    public override Task<ImportResponse> ImportCredentials(V1.ImportCredentialsRequest request, ServerCallContext context) =>
        new CredentialsImport(db).RunAsync(request.Credentials, request.DryRun, context.CancellationToken);
}
