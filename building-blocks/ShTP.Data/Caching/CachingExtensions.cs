using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShTP.Data.Caching;

/// <summary>Registration of answers in memory.</summary>
public static class CachingExtensions
{
    /// <summary>Registers answers that follow a channel of the database.</summary>
    public static WebApplicationBuilder AddKeptAnswers<TAnswers>(this WebApplicationBuilder builder, string connectionName)
        where TAnswers : class, IKeptAnswers
    {
        builder.Services.AddSingleton<TAnswers>();
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<ChangeListener>(services, connectionName, services.GetRequiredService<TAnswers>()));
        return builder;
    }
}
