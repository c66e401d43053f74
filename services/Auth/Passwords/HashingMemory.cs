using System.Runtime.InteropServices;

namespace ShTP.Auth.Passwords;

/// <summary>
/// Memory for password hashes, one piece per thread. It stays mapped between two hashes: clearing 19 MiB of fresh pages takes
/// a third to a half of the time of a hash. Large pages are asked for, since the blocks are read at random.
/// </summary>
internal sealed unsafe partial class HashingMemory : SafeHandle
{
    // The size of a large page on x86-64 and arm64.
    private const nuint Alignment = 2 * 1024 * 1024;
    private const int AdviseHugePage = 14;

    [ThreadStatic]
    private static HashingMemory? t_mapped;

    private readonly nuint _bytes;

    private HashingMemory(nuint bytes)
        : base(0, ownsHandle: true)
    {
        _bytes = (bytes + Alignment - 1) / Alignment * Alignment;
        SetHandle((nint)NativeMemory.AlignedAlloc(_bytes, Alignment));
        // Advice alone: without it the same pages are small.
        if (OperatingSystem.IsLinux())
            _ = Advise(handle, _bytes, AdviseHugePage);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>At least that much memory with what the thread's last hash left in it; the thread's until it asks again.</summary>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    public static ulong* Rent(nuint bytes)
    {
        if (t_mapped is null || t_mapped._bytes < bytes)
        {
            Release();
            t_mapped = new(bytes);
        }

        return (ulong*)t_mapped.handle;
    }

    /// <summary>Gives the memory of this thread back.</summary>
    public static void Release()
    {
        t_mapped?.Dispose();
        t_mapped = null;
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
