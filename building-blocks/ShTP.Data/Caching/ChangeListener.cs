using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ShTP.Data.Caching;

/// <summary>Answers in memory that follow a channel of the database, by which every replica is told of changes.</summary>
public interface IKeptAnswers
{
    /// <summary>The channel of <c>NOTIFY</c>.</summary>
    string Channel { get; }

    /// <summary>Every later change will be told.</summary>
    void Open();

    /// <summary>Changes are not told any more.</summary>
    void Close();

    /// <summary>A change.</summary>
    /// <param name="payload">Of the notification.</param>
    void Drop(string payload);
}

/// <summary>Tells the kept answers of this process about changes of all replicas.</summary>
public sealed class ChangeListener(IConfiguration configuration, string connectionName, IKeptAnswers answers, ILogger<ChangeListener> logger)
    : ListeningService(configuration, connectionName, answers.Channel, logger)
{
    private const int BeatMilliseconds = 2000;

    protected override void OnSilence() => answers.Close();

    protected override async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += (_, told) => answers.Drop(told.Payload);
        await ListenToAsync(connection, cancellationToken, answers.Channel);
        answers.Open();
        await using var beat = new NpgsqlCommand("SELECT 1", connection);
        while (true)
        {
            if (!await connection.WaitAsync(BeatMilliseconds, cancellationToken))
                await beat.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
