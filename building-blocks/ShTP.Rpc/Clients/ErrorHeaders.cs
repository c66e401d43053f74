namespace ShTP.Rpc.Clients;

/// <summary>
/// Errors are headers in gRPC, where a letter beyond ASCII takes six bytes. A task with a hundred faulty tests has more
/// of them than the 64 KB that a client takes by default, and would seem to be a broken service.
/// </summary>
public static class ErrorHeaders
{
    /// <summary>The most that a service may answer with.</summary>
    public static int MaxKilobytes => 512;
}
