namespace ShTP.Files.Blobs;

/// <summary>Room on the disk of the storage.</summary>
internal static class DiskSpace
{
    // ENOSPC and EDQUOT of Linux, which .NET gives as they are; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] FullErrors = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Whether it is an error for want of space.</summary>
    public static bool IsFull(IOException failure) => FullErrors.Contains(failure.HResult);

    /// <summary>Bytes that can still be written below the folder.</summary>
    public static long ReadFree(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
