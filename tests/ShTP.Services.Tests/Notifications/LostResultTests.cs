using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Notifications;
using ShTP.Notifications.V1;
using ShTP.Protos;
using ShTP.Testing;
using Xunit;
using NotificationsService = ShTP.Notifications.V1.NotificationsService;

namespace ShTP.Services.Tests.Notifications;

/// <summary>The connection to the database breaks after a poll has taken its notifications and before it has read them.</summary>
public sealed class LostResultTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task TakeNotifications_WhoseFirstAttemptWasLost_SettlesOnlyWhatItShows()
    {
        var user = system.Users.Add();
        await system.TellAsync("old", user);
        var host = await system.StartReplicaAsync(faults: new FaultOfTheFirstTake(() => system.TellAsync("new", user)));

        using var call = As(host, user).TakeNotificationsAsync(new TakeNotificationsRequest());
        var delivery = (await call.ResponseHeadersAsync).GetValue(CallMetadata.Delivery)!;
        Assert.Equal(["new"], (await call).Notifications.Select(NotificationsSystem.TextOf));
        await system.AsService("gateway").SettleDeliveryAsync(new SettleDeliveryRequest { UserId = user.ToString(), Delivery = delivery, Arrived = true });

        // It counts as lost ten seconds later.
        IEnumerable<string> shown = [];
        await Eventually.HoldsAsync(async () =>
        {
            shown = (await As(host, user).TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications.Select(NotificationsSystem.TextOf).ToList();
            return shown.Any();
        }, "what the lost attempt took is shown", TimeSpan.FromSeconds(30));
        Assert.Equal(["old"], shown);
    }

    private static NotificationsService.NotificationsServiceClient As(ServiceHost<NotificationsDb> host, Guid user) =>
        host.As<NotificationsService.NotificationsServiceClient>(user, Role.Student);

    private sealed class FaultOfTheFirstTake(Func<Task> meanwhile) : DbCommandInterceptor
    {
        private bool _hasHappened;

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (_hasHappened || !command.CommandText.Contains("UPDATE notifications SET viewed = true", StringComparison.Ordinal))
                return result;
            _hasHappened = true;
            await result.DisposeAsync();
            await meanwhile();
            throw new NpgsqlException("The connection broke", new IOException());
        }
    }
}
