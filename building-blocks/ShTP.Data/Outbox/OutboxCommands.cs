using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Data.Outbox;

/// <summary>What an operator does with parked messages: <c>outbox list</c>, <c>outbox retry</c> and <c>outbox drop ID...</c>.</summary>
internal static class OutboxCommands
{
    public const string Name = "outbox";

    private const int MaxListed = 1000;
    private const string Usage = "outbox list | outbox retry | outbox drop ID...";

    /// <summary>The exit code. What is dropped is recorded in the same change.</summary>
    public static async Task<int> RunAsync(IServiceProvider services, string[] arguments, Action<DbContext, DroppedMessage> record, TextWriter output, TextWriter error)
    {
        if (services.GetService<OutboxStore>() is not { } store)
            return await FailAsync(error, "This service has no outbox.");
        switch (arguments)
        {
            case ["list"]:
                foreach (var message in await store.ListParkedAsync(MaxListed, CancellationToken.None))
                    await output.WriteLineAsync($"{message.Id} {message.CreatedAt:yyyy-MM-ddTHH:mm:ssZ} {message.Path} {message.Key} after {message.Attempts} attempts: {message.LastError}");
                return 0;
            case ["retry"]:
                await output.WriteLineAsync($"{await store.RetryParkedAsync(CancellationToken.None)} parked messages are due again");
                return 0;
            case ["drop", .. { Length: > 0 } named]:
                return await DropAsync(store, named, record, output, error);
            default:
                return await FailAsync(error, $"Unknown arguments; there are {Usage}");
        }
    }

    private static async Task<int> DropAsync(OutboxStore store, string[] named, Action<DbContext, DroppedMessage> record, TextWriter output, TextWriter error)
    {
        if (named.FirstOrDefault(text => !Guid.TryParseExact(text, "D", out _)) is { } faulty)
            return await FailAsync(error, $"'{faulty}' is no id of a message; 'outbox list' shows them.");
        Guid[] ids = [.. named.Select(Guid.Parse).Distinct()];
        var count = await store.DropParkedAsync(ids, record, CancellationToken.None);
        await output.WriteLineAsync($"{count} parked messages are dropped");
        return count == ids.Length ? 0 : await FailAsync(error, $"{ids.Length - count} of the {ids.Length} are not parked.");
    }

    private static async Task<int> FailAsync(TextWriter error, string text)
    {
        await error.WriteLineAsync(text);
        return 1;
    }
}
