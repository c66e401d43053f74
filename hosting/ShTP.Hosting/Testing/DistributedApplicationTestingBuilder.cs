using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost inside a test, on random ports.</summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args,
        CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint,
        CancellationToken cancellationToken = default) => CreateAsync(entryPoint, [], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args,
        CancellationToken cancellationToken = default) => CreateAsync(entryPoint, args, (_, _) => { }, cancellationToken);

    /// <summary>Returns when the code of the assembly of <paramref name="entryPoint"/> has reached <c>Build()</c>.</summary>
    /// <exception cref="InvalidOperationException">The code returned without building an application.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        var run = new EntryPointRun(entryPoint.Assembly, args, configureBuilder);
        return new SuspendedAppHost(run, await run.StartAsync(cancellationToken));
    }

    /// <summary>An empty model, for a test that puts its own together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDistributedApplicationTestingBuilder Create(params string[] args) =>
        new TestModel(Assembly.GetCallingAssembly(), args, (_, _) => { });

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDistributedApplicationTestingBuilder Create(string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder) =>
        new TestModel(Assembly.GetCallingAssembly(), args, configureBuilder);
}
