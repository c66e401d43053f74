using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;

namespace ShTP.Users.OldSystem;

/// <summary>Import RPCs of Users, called by tools/ShTP.Import.</summary>
internal sealed class UsersImportService(UsersDb db, TimeProvider clock) : UsersImport.UsersImportBase
{
    public override Task<ImportResponse> ImportGroups(ImportGroupsRequest request, ServerCallContext context) =>
        new GroupImport(db).RunAsync(request.Groups, request.DryRun, context.CancellationToken);

    public override Task<ImportResponse> ImportProfiles(ImportProfilesRequest request, ServerCallContext context) =>
        new ProfileImport(db, clock).RunAsync(request.Profiles, request.DryRun, context.CancellationToken);
}
