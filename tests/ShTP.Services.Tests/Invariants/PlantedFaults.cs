using ShTP.Invariants;
using Xunit;

namespace ShTP.Services.Tests.Invariants;

/// <summary>Databases with every fault that there is, each in the rows of a pupil of its own, and what the check finds in them.</summary>
public sealed class PlantedFaults : IAsyncLifetime
{
    private readonly Dictionary<string, string> _ids = [];

    public InvariantReport Report { get; private set; } = null!;

    /// <summary>What the invariant must find.</summary>
    public string IdOf(string invariant) => _ids[invariant];

    public async ValueTask InitializeAsync()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        var pupils = new Dictionary<string, Pupil>();
        foreach (var name in PlantedFault.All.Keys)
            pupils[name] = await Pupil.EnterAsync(databases);
        foreach (var (name, fault) in PlantedFault.All)
        {
            await databases.ExecuteAsync(fault.Database, fault.Sql(pupils[name]));
            _ids[name] = fault.Id(pupils[name]);
        }

        Report = await databases.CheckAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
