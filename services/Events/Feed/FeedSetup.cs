namespace ShTP.Events.Feed;

/// <summary>Registers what keeps the feed; nothing runs without a source.</summary>
internal static class FeedSetup
{
    public static void AddFeed(this WebApplicationBuilder builder, FeedOptions options)
    {
        if (!options.IsOn)
            return;
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<FeedTelemetry>();
        builder.Services.AddSingleton<FeedSource>();
        builder.Services.AddScoped<FeedRefresh>();
        builder.Services.AddHostedService<FeedLoop>();
        builder.Services.AddHealthChecks().AddCheck<FeedHealthCheck>("feed");
        builder.Services.AddHttpClient(FeedSource.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            // It is no service of ours to discover, and is asked again after an interval: retries would only hide its limit of time.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
    }
}
