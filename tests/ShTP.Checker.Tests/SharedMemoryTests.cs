using ShTP.Checker.Judging;
using ShTP.Checker.Sandboxing;
using Xunit;
using static ShTP.Checker.Tests.HostileProgram;

namespace ShTP.Checker.Tests;

/// <summary>Memory that several processes share, counted by a control group and without one.</summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class SharedMemoryTests(JudgeFixture fixture)
{
    private static readonly HostileProgram[] Programs =
    [
        CppMain("above the limit at once", Verdict.MemoryLimit,
            "char* p = (char*)mmap(nullptr, 100 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); if (p == MAP_FAILED) throw bad_alloc(); memset(p, 1, 100 << 20); sleep(1); return answer(p[5]);"),
        CppMain("above the limit in pieces", Verdict.MemoryLimit,
            "for (int i = 0; i < 3200; i++) { char* p = (char*)mmap(nullptr, 1 << 15, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); if (p == MAP_FAILED) throw bad_alloc(); memset(p, 1, 1 << 15); } sleep(1); return answer(true);"),
        CppMain("a file of tmp counts too", Verdict.MemoryLimit,
            "int f = open(\"/tmp/big\", O_CREAT | O_RDWR, 0600); vector<char> block(1 << 20); for (int i = 0; i < 15; i++) if (write(f, block.data(), block.size()) < 0) return 1; vector<char> more(52 << 20, 1); sleep(1); return answer(more[5]);"),
        CppMain("a counter of two processes", Verdict.Accepted,
            "int* n = (int*)mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); if (fork() == 0) { *n = 7; return 0; } wait(nullptr); return answer(*n != 7);"),
        Python("a worker that shares memory", Verdict.Accepted,
            "import mmap, multiprocessing\nm = mmap.mmap(-1, 50_000)\ndef work(): m[0] = 7\nif __name__ == '__main__':\n    p = multiprocessing.Process(target=work)\n    p.start()\n    p.join()\n    print('safe' if m[0] == 7 else 'breach')"),
        Python("shared memory of Python", Verdict.Accepted, "import mmap\nm = mmap.mmap(-1, 4096)\nm[:2] = b'ab'\nprint('safe')"),
        Python("threads", Verdict.Accepted,
            "import threading\nt = [threading.Thread(target=sum, args=(range(1000),)) for _ in range(25)]\nfor x in t: x.start()\nfor x in t: x.join()\nprint('safe')"),
        CppMain("threads in C++", Verdict.Accepted,
            "vector<thread> all; for (int i = 0; i < 25; i++) all.emplace_back([] { vector<int> own(1000, 1); usleep(20000); }); for (auto& one : all) one.join(); return answer(false);"),
    ];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var program in Programs)
            {
                cases.Add(program.Name, false);
                cases.Add(program.Name, true);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Program_GetsTheSameVerdictHoweverItIsMeasured(string name, bool polls)
    {
        var program = Programs.Single(program => program.Name == name);
        using var folder = CheckerFolder.Create();
        var (sandbox, fault) = await SandboxDetection.TryAsync(fixture.Judge.Host.Mode, polls ? new ProcessPolling() : fixture.Judge.Host.Meters, folder, JudgeFixture.Options);
        Assert.True(sandbox is not null, fault);

        var result = await new Judge(sandbox, fixture.Toolchain).JudgeAsync(program.Task with { TimeLimit = TimeSpan.FromSeconds(3) });

        Assert.True(result.Verdict == program.Verdict, $"{result.Verdict}: {result.Message} {string.Join(' ', result.Tests)}");
    }
}
