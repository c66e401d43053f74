using Npgsql;
using ShTP.Data;
using ShTP.ServiceDefaults;

namespace ShTP.Users.Profiles;

/// <summary>Drops kept answers when any replica changes users or groups, as triggers of the tables tell.</summary>
internal sealed class ChangeListener(IConfiguration configuration, KeptAnswers answers, ILogger<ChangeListener> logger)
    : ListeningService(configuration, ResourceNames.UsersDb, Channel, logger)
{
    private const string Channel = "users_changed";
    private const int BeatMilliseconds = 2000;

    protected override void OnSilence() => answers.Close();

    protected override async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += (_, told) => OnTold(told.Payload);
        await ListenToAsync(connection, cancellationToken, Channel);
        answers.Open();
        await using var beat = new NpgsqlCommand("SELECT 1", connection);
        while (true)
        {
            if (!await connection.WaitAsync(BeatMilliseconds, cancellationToken))
                await beat.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // The id of a user, or nothing: any number of users, or a group.
    private void OnTold(string payload)
    {
        if (Guid.TryParse(payload, out var user))
            answers.Drop(user);
        else
            answers.DropAll();
    }
}
