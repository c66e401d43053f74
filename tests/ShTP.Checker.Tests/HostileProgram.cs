using System.Text;
using ShTP.Checker.Judging;

namespace ShTP.Checker.Tests;

/// <summary>A program and the verdict that it must get, whatever else it tries.</summary>
internal sealed record HostileProgram(string Name, Language Language, string Source, Verdict Verdict)
{
    public string Input { get; init; } = "";

    /// <summary>What an accepted program prints. Attackers print "breach" when they succeed, so they are accepted only when they fail.</summary>
    public string Output { get; init; } = "safe";

    /// <summary>The verdict where no control group counts what the kernel holds for a program.</summary>
    public Verdict? WithoutGroups { get; init; }

    /// <summary>Where no limit of time is expected, it is far away: on a busy machine a page of memory can take twenty times as long.</summary>
    public double Seconds { get; init; } = Verdict is Verdict.TimeLimit ? 1 : 5;

    public int Mebibytes { get; init; } = 64;

    /// <summary>Instead of <see cref="Source"/>, for sources that are no text.</summary>
    public byte[]? Bytes { get; init; }

    public JudgeTask Task => new(Language, Bytes ?? Encoding.UTF8.GetBytes(Source), [new JudgeTest(Input, Output, IsDemo: true)])
    {
        TimeLimit = TimeSpan.FromSeconds(Seconds),
        MemoryMebibytes = Mebibytes,
    };

    public static HostileProgram Python(string name, Verdict verdict, string source) => new(name, Language.Python, source, verdict);

    public static HostileProgram Cpp(string name, Verdict verdict, string source) => new(name, Language.Cpp, source, verdict);

    /// <summary>C++ whose <c>main</c> is <paramref name="body"/>, with everything included.</summary>
    public static HostileProgram CppMain(string name, Verdict verdict, string body) => Cpp(name, verdict, $$"""
        #include <bits/stdc++.h>
        #include <unistd.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <sched.h>
        #include <sys/mman.h>
        #include <sys/mount.h>
        #include <sys/ptrace.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/wait.h>
        using namespace std;
        int answer(bool breach) { puts(breach ? "breach" : "safe"); return 0; }
        int main() {
        {{body}}
        }
        """);

    /// <summary>Python that tries each expression; one that raises no error is a breach.</summary>
    public static HostileProgram Attempts(string name, params string[] expressions) => Python(name, Verdict.Accepted, $$"""
        import ctypes, os, resource, shutil, signal, socket, subprocess, sys, time
        def check(result):
            if result == -1: raise OSError()
        libc = ctypes.CDLL(None)
        breaches = []
        for attack in {{"[" + string.Join(", ", expressions.Select(e => "lambda: " + e)) + "]"}}:
            try:
                attack()
                breaches.append(attack)
            except Exception:
                pass
        print("breach" if breaches else "safe")
        """);
}
