using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Data.Retention;

/// <summary>Registration of what bounds the tables of a service.</summary>
public static class RetentionExtensions
{
    /// <summary>Applies a rule to the service's database, from <see cref="ServiceDatabase.AddServiceDatabase"/>.</summary>
    public static IServiceCollection AddRetention<TContext>(this IServiceCollection services, Func<IServiceProvider, RetentionRule<TContext>> rule)
        where TContext : DbContext =>
        services.AddSingleton(rule);
}
