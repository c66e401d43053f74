namespace ShTP.Backup;

/// <summary>A backup could not be made, checked or restored. The message says why, and names the database, file or program.</summary>
internal sealed class BackupException : Exception
{
    public BackupException(string message) : base(message)
    {
    }

    public BackupException(string message, Exception cause) : base(message, cause)
    {
    }
}
