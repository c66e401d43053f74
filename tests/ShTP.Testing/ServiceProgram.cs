using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;

namespace ShTP.Testing;

/// <summary>A program that runs by its own entry point inside the test process, with settings as its arguments.</summary>
internal sealed class ServiceProgram<TEntry>(IReadOnlyDictionary<string, string> settings, Action<IServiceCollection> configureServices) : WebApplicationFactory<TEntry>
    where TEntry : class
{
    /// <summary>Returns when it serves, or has ended by itself without an exception.</summary>
    public Task StartAsync(TimeSpan limit)
    {
        UseKestrel();
        // It blocks its thread for as long as the program takes.
        return Task.Factory.StartNew(StartServer, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(limit);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.ConfigureTestServices(configureServices);

    protected override IHost CreateHost(IHostBuilder builder)
    {
        builder.ConfigureHostConfiguration(configuration => configuration.Add(new FlatSettings(settings)));
        return base.CreateHost(builder);
    }

    /// <summary>
    /// Settings whose keys have no parents: the factory makes an argument of every key of the configuration, and a service
    /// refuses the empty <c>services</c> above <c>services:auth:grpc:0</c>.
    /// </summary>
    private sealed class FlatSettings(IReadOnlyDictionary<string, string> settings) : IConfigurationSource, IConfigurationProvider
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public bool TryGet(string key, out string? value) => settings.TryGetValue(key, out value);

        public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            parentPath is null ? earlierKeys.Concat(settings.Keys) : earlierKeys;

        public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

        public void Load()
        {
        }

        public void Set(string key, string? value) => throw new NotSupportedException("Settings of a test do not change.");
    }
}
