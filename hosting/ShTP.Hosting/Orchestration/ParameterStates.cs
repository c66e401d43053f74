using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

internal static class ParameterStates
{
    /// <summary>Active, or ValueMissing with the reason; a resource that uses the parameter then fails to start.</summary>
    public static async Task PublishAsync(ParameterResource parameter, ResourceNotificationService notifications)
    {
        string state;
        object? shown;
        try
        {
            shown = parameter.Secret ? "(secret)" : await parameter.GetValueAsync(CancellationToken.None);
            state = parameter.Value is null ? KnownResourceStates.ValueMissing : KnownResourceStates.Active;
        }
        catch (MissingParameterValueException e)
        {
            shown = e.Message;
            state = KnownResourceStates.ValueMissing;
        }
        await notifications.PublishUpdateAsync(parameter, s => s with
        {
            ResourceType = "Parameter",
            State = state,
            Properties = [new ResourcePropertySnapshot("Value", shown)],
        });
    }
}
