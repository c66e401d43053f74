using System.Text.Json;

namespace Aspire.Hosting.Publishing;

/// <summary>What a manifest is written with. Publishing needs Aspire's own packages; here the type only completes signatures.</summary>
public sealed class ManifestPublishingContext(DistributedApplicationExecutionContext executionContext, string manifestPath,
    Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public string ManifestPath => manifestPath;

    public Utf8JsonWriter Writer => writer;

    public CancellationToken CancellationToken => cancellationToken;
}
