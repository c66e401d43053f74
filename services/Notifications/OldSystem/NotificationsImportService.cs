using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Notifications.V1;

namespace ShTP.Notifications.OldSystem;

/// <summary>Import RPCs of Notifications, called by tools/ShTP.Import.</summary>
internal sealed class NotificationsImportService(NotificationsDb db) : NotificationsImport.NotificationsImportBase
{
    public override Task<ImportResponse> ImportNotifications(ImportNotificationsRequest request, ServerCallContext context) =>
        new NotificationImport(db).RunAsync(request.Notifications, request.DryRun, context.CancellationToken);

    public override Task<ImportResponse> ImportBanners(ImportBannersRequest request, ServerCallContext context) =>
        new BannerImport(db).RunAsync(request.Banners, request.DryRun, context.CancellationToken);
}
