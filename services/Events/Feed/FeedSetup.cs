namespace ShTP.Events.Feed;

/// <summary>Registers the feed; without a source no background service runs.</summary>
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
            // An external address without service discovery. No retries, because they would exceed the time limit and the next fetch follows anyway.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
    }
}
