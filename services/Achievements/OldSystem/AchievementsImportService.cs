using Grpc.Core;
using ShTP.Achievements.Records;
using ShTP.Achievements.V1;
using ShTP.Api.V1;

namespace ShTP.Achievements.OldSystem;

/// <summary>Import RPCs of Achievements, called by tools/ShTP.Import.</summary>
internal sealed class AchievementsImportService(AchievementsDb db, Attachments attachments) : AchievementsImport.AchievementsImportBase
{
    public override Task<ImportResponse> ImportAchievements(ImportAchievementsRequest request, ServerCallContext context) =>
        new AchievementImport(db, attachments).RunAsync(request.Achievements, request.DryRun, context.CancellationToken);
}
