using System.Globalization;

namespace ShTP.Checker.Sandboxing;

/// <summary>A process and everything below it, as <c>/proc</c> shows them.</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100;
    private const int MaxMembers = 1000;

    public static IReadOnlyList<Member> Read(int root)
    {
        var members = new List<Member>();
        var waiting = new Queue<int>(root == 0 ? [] : [root]);
        while (members.Count < MaxMembers && waiting.TryDequeue(out var id))
        {
            try
            {
                members.Add(ReadMember(id));
                foreach (var child in Directory.EnumerateDirectories($"/proc/{id}/task").SelectMany(Children))
                    waiting.Enqueue(child);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // The process ended during the read.
            }
        }

        return members;
    }

    private static IEnumerable<int> Children(string task) =>
        File.ReadAllText(Path.Join(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    // The name, in brackets, may have any characters; the numbers are counted from its end.
    private static Member ReadMember(int id)
    {
        var line = File.ReadAllText($"/proc/{id}/stat");
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return new Member(id, Number(19), Time(11..13), Time(11..15), Number(21) * Environment.SystemPageSize);

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        TimeSpan Time(Range range) => TimeSpan.FromSeconds((double)fields[range].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <param name="Id">Id in the host's namespace.</param>
    /// <param name="Started">In ticks since the machine was started.</param>
    /// <param name="OwnTime">Processor time without that of its children.</param>
    /// <param name="CpuTime">Its own and that of its children that have ended.</param>
    /// <param name="MemoryBytes">Resident now.</param>
    internal sealed record Member(int Id, long Started, TimeSpan OwnTime, TimeSpan CpuTime, long MemoryBytes)
    {
        // Of shared memory without a file, as the kernel names it.
        private const string SharedMemory = "/dev/zero (deleted)";

        /// <summary>Proportional set size. The kernel walks the memory of the process for it.</summary>
        public long ReadShare() => ReadSizes("smaps_rollup", "Pss:", "SwapPss:");

        /// <summary>Page tables, and what was moved to the swap space.</summary>
        public long ReadPageTables() => ReadSizes("status", "VmPTE:", "VmSwap:");

        /// <summary>The inodes of shared memory without a file that it maps.</summary>
        public IEnumerable<string> ReadSharedMemory() => Read(
            "maps", lines => lines.Where(line => line.EndsWith(SharedMemory, StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]).ToArray()) ?? [];

        /// <summary>All files in its <c>/tmp</c> of that size, also those without a name. Until the sandbox has its own, it sees the host's.</summary>
        public long ReadTemporaryFiles(long size)
        {
            try
            {
                var temporary = new DriveInfo($"/proc/{Id}/root/tmp");
                return temporary.TotalSize == size ? temporary.TotalSize - temporary.TotalFreeSpace : 0;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }

        private long ReadSizes(string file, params string[] names) => Read(file, lines => lines.Sum(line => names.Sum(name =>
            line.StartsWith(name, StringComparison.Ordinal) ? 1024 * long.Parse(line.AsSpan(name.Length, line.Length - name.Length - " kB".Length), CultureInfo.InvariantCulture) : 0)));

        private T? Read<T>(string file, Func<IEnumerable<string>, T> read)
        {
            try
            {
                return read(File.ReadLines($"/proc/{Id}/{file}"));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
