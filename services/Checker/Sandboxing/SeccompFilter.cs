using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ShTP.Checker.Sandboxing;

/// <summary>
/// A seccomp filter as a classic BPF program in bubblewrap's format: an allow-list whose default is "operation not
/// permitted". A call of another architecture kills the process, because its numbers mean other calls.
/// </summary>
internal sealed class SeccompFilter
{
    private const ushort LoadWord = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAnyBit = 0x45, Return = 0x06;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgumentOffset = 16, SecondArgumentOffset = 24, FourthArgumentOffset = 40, UpperHalf = 4;
    private const uint Allow = 0x7fff0000, Kill = 0x80000000, Deny = 0x00050000 | NotPermitted, NotThere = 0x00050000 | NotImplemented, NoMemory = 0x00050000 | OutOfMemory;
    private const uint NotPermitted = 1, OutOfMemory = 12, NotImplemented = 38;

    // MAP_SHARED and MAP_ANONYMOUS.
    private const uint Shared = 0x01, Anonymous = 0x20;
    private const uint X64 = 0xc000003e, Arm64 = 0xc00000b7, FirstX32Call = 0x40000000;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and CLONE_PTRACE.
    private const uint NamespaceFlags = 0x7e020000 | 0x00002000;

    // TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: queries and flags of descriptors.
    private static readonly uint[] HarmlessControls = [0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451];

    // PR_SET_NAME, PR_GET_NAME, and the kernel's names for memory areas.
    private static readonly uint[] HarmlessProcessControls = [15, 16, 0x53564d41];

    /// <summary>
    /// The largest mapping of shared memory without a file where no control group counts it: what of it is not mapped any
    /// more, or was never touched by this process, is in no process's numbers.
    /// </summary>
    public const int MaxSharedBytes = 64 * 1024;

    private readonly List<byte> _program = [];

    private SeccompFilter()
    {
    }

    /// <summary>The filter for this machine.</summary>
    /// <param name="givesUpRights">Root creates the sandbox and drops its privileges inside it, under the filter.</param>
    /// <param name="boundsSharedMemory">No control group counts it: see <see cref="MaxSharedBytes"/>.</param>
    public static byte[] Build(bool givesUpRights, bool boundsSharedMemory) => Build(RuntimeInformation.ProcessArchitecture, givesUpRights, boundsSharedMemory);

    /// <exception cref="PlatformNotSupportedException">Neither x86-64 nor 64-bit ARM.</exception>
    public static byte[] Build(Architecture architecture, bool givesUpRights, bool boundsSharedMemory)
    {
        var filter = new SeccompFilter();
        switch (architecture)
        {
            case Architecture.X64:
                filter.AddHead(X64);
                filter.Add(JumpIfAtLeast, FirstX32Call, 0, 1);
                filter.Add(Return, Kill);
                if (boundsSharedMemory)
                    filter.AddSharedMemory(map: 9);
                filter.AddRules(rule => rule.X64, givesUpRights, clone: 56, processControl: 157, control: 16);
                break;
            case Architecture.Arm64:
                filter.AddHead(Arm64);
                if (boundsSharedMemory)
                    filter.AddSharedMemory(map: 222);
                filter.AddRules(rule => rule.Arm64, givesUpRights, clone: 220, processControl: 167, control: 29);
                break;
            default:
                throw new PlatformNotSupportedException($"There is no list of system calls for {architecture}.");
        }

        return [.. filter._program];
    }

    private void AddHead(uint architecture)
    {
        Add(LoadWord, ArchitectureOffset);
        Add(JumpIfEqual, architecture, 1, 0);
        Add(Return, Kill);
        Add(LoadWord, NumberOffset);
    }

    // Refused as if there were no more memory. Other mappings are private, and counted, or of files, and bounded with them.
    private void AddSharedMemory(uint map)
    {
        Add(JumpIfEqual, map, 0, 9);
        Add(LoadWord, FourthArgumentOffset);
        Add(JumpIfAnyBit, Shared, 0, 6);
        Add(JumpIfAnyBit, Anonymous, 0, 5);
        Add(LoadWord, SecondArgumentOffset + UpperHalf);
        Add(JumpIfEqual, 0, 0, 2);
        Add(LoadWord, SecondArgumentOffset);
        Add(JumpIfAtLeast, MaxSharedBytes + 1, 0, 1);
        Add(Return, NoMemory);
        Add(Return, Allow);
    }

    private void AddRules(Func<SeccompRule, int> number, bool givesUpRights, uint clone, uint processControl, uint control)
    {
        var rules = SeccompRules.Files.Concat(SeccompRules.Memory).Concat(SeccompRules.Processes).Concat(SeccompRules.SignalsAndTime);
        if (givesUpRights)
            rules = rules.Concat(SeccompRules.GivingUpRights);
        foreach (var call in rules.Select(number).Where(call => call >= 0))
            AddVerdict((uint)call, Allow);
        if (givesUpRights)
            AddVerdict(processControl, Allow);

        // The flags of clone3 are behind a pointer, which filters cannot read. With ENOSYS libc falls back to clone.
        AddVerdict(435, NotThere);
        Add(JumpIfEqual, clone, 0, 4);
        Add(LoadWord, FirstArgumentOffset);
        Add(JumpIfAnyBit, NamespaceFlags, 0, 1);
        Add(Return, Deny);
        Add(Return, Allow);
        AddArgumentList(control, SecondArgumentOffset, HarmlessControls);
        AddArgumentList(processControl, FirstArgumentOffset, HarmlessProcessControls);
        Add(Return, Deny);
    }

    private void AddVerdict(uint call, uint verdict)
    {
        Add(JumpIfEqual, call, 0, 1);
        Add(Return, verdict);
    }

    // The kernel uses the lower 32 bits of both arguments, so the upper halves are ignored.
    private void AddArgumentList(uint call, uint argumentOffset, uint[] values)
    {
        Add(JumpIfEqual, call, 0, (byte)(2 + 2 * values.Length));
        Add(LoadWord, argumentOffset);
        foreach (var value in values)
            AddVerdict(value, Allow);
        Add(Return, Deny);
    }

    private void Add(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0)
    {
        Span<byte> instruction = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, code);
        instruction[2] = whenTrue;
        instruction[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
        _program.AddRange(instruction);
    }
}
