namespace Aspire.Hosting.ApplicationModel;

public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What a wait does when the resource it waits for has ended; without a dashboard nobody would start it again.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.StopOnResourceUnavailable;
}
