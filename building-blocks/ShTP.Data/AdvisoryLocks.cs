namespace ShTP.Data;

/// <summary>The first numbers of advisory locks with two, which are apart from those with one.</summary>
internal static class AdvisoryLocks
{
    public const int RecordedCalls = 7236503;

    public const int Connections = 7236504;
}
