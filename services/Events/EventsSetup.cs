using Microsoft.Extensions.Options;
using ShTP.Events.Calendars;
using ShTP.Events.Feed;
using ShTP.Events.School;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Events;

/// <summary>Registers the parts of the service.</summary>
internal static class EventsSetup
{
    public static void AddEvents(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<EventsOptions>, EventsOptionsValidation>();
        builder.AddCheckedOptions<EventsOptions>(EventsOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<EventsOptions>>().Value);
        services.AddScoped<Audience>();
        services.AddScoped<EventPages>();
        services.AddScoped<EventChanges>();
        services.AddScoped<EventNews>();
        services.AddScoped<SeatMoves>();
        services.AddSingleton<SeatTurns>();
        services.AddScoped<Registrations>();
        services.AddScoped<Participants>();
        services.AddSingleton<CalendarSecrets>();
        services.AddScoped<CalendarAddresses>();
        services.AddScoped<CalendarFile>();
        builder.AddFeed(builder.PeekOptions<EventsOptions>(EventsOptions.Section).Feed);
    }
}
