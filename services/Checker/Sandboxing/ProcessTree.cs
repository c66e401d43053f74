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
        /// <summary>Proportional set size. The kernel walks the memory of the process for it.</summary>
        public long ReadShare()
        {
            const string Share = "Pss:";
            try
            {
                var line = File.ReadLines($"/proc/{Id}/smaps_rollup").FirstOrDefault(line => line.StartsWith(Share, StringComparison.Ordinal));
                return line is null ? 0 : 1024 * long.Parse(line.AsSpan(Share.Length, line.Length - Share.Length - " kB".Length), CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }
}
