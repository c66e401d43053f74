using Grpc.Core;
using ShTP.Achievements.Records;
using ShTP.Achievements.V1;
using ShTP.Api.V1;

namespace ShTP.Achievements.OldSystem;

/// <summary>What the import of the old system asks of Achievements.</summary>
public sealed class AchievementsImportService(AchievementsDb db, Attachments attachments) : AchievementsImport.AchievementsImportBase
{
    public override Task<ImportResponse> ImportAchievements(ImportAchievementsRequest request, ServerCallContext context) =>
        new AchievementImport(db, attachments).RunAsync(request.Achievements, request.DryRun, context.CancellationToken);
}
