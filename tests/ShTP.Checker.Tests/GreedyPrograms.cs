using static ShTP.Checker.Tests.HostileProgram;

namespace ShTP.Checker.Tests;

/// <summary>Programs that want more than they may have, at run time and at compile time.</summary>
internal static class GreedyPrograms
{
    public static IEnumerable<HostileProgram> All { get; } =
    [
        Python("busy loop", Verdict.TimeLimit, "while True: pass"),
        CppMain("busy loop in C++", Verdict.TimeLimit, "for (volatile int i = 0;; i = i + 1);"),
        Python("sleeping forever", Verdict.TimeLimit, "import time\ntime.sleep(1000)"),
        Python("waiting for input that is not there", Verdict.TimeLimit, "import os, time\nos.read(0, 1)\nwhile True: time.sleep(1)"),
        CppMain("fork bomb", Verdict.TimeLimit, "while (true) fork();") with { Mebibytes = 256 },
        Python("fork bomb in Python", Verdict.TimeLimit, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass") with { Mebibytes = 256 },
        CppMain("busy children share the time", Verdict.TimeLimit, "for (int i = 0; i < 4; i++) if (fork() == 0) for (volatile int j = 0;; j = j + 1); while (wait(nullptr) > 0);"),
        CppMain("signals that are ignored", Verdict.TimeLimit, "for (int s = 1; s < 65; s++) signal(s, SIG_IGN); while (true) pause();"),
        Python("memory hog", Verdict.MemoryLimit, "hog = []\nwhile True: hog.append(bytearray(1 << 20))"),
        CppMain("memory hog in C++", Verdict.MemoryLimit, "while (true) { char* p = (char*)malloc(1 << 20); if (p) memset(p, 1, 1 << 20); else throw bad_alloc(); }"),
        CppMain("huge allocation", Verdict.MemoryLimit, "vector<char> huge(8LL << 40, 1); return answer(huge[1]);"),
        Python("huge allocation in Python", Verdict.MemoryLimit, "x = bytearray(8 << 40)"),
        CppMain("memory of several processes", Verdict.MemoryLimit, "for (int i = 0; i < 4; i++) if (fork() == 0) { char* p = (char*)malloc(40 << 20); memset(p, 1, 40 << 20); sleep(2); return p[5]; } while (wait(nullptr) > 0); return 1;"),
        Python("endless output", Verdict.OutputLimit, "while True: print('x' * 1000)"),
        Python("endless errors", Verdict.OutputLimit, "import sys\nwhile True: sys.stderr.write('x' * 1000)"),
        CppMain("filling tmp", Verdict.Accepted, "int f = open(\"/tmp/big\", O_CREAT | O_WRONLY, 0600); vector<char> block(1 << 20); long all = 0, n; signal(SIGXFSZ, SIG_IGN); while ((n = write(f, block.data(), block.size())) > 0) all += n; return answer(all > (16 << 20));"),
        CppMain("many files in tmp", Verdict.MemoryLimit, "for (long i = 0;; i++) { int f = open((\"/tmp/\" + to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600); if (f < 0 && errno == ENOSPC) throw bad_alloc(); close(f); }") with { Seconds = 5, Mebibytes = 32, WithoutGroups = Verdict.TimeLimit },
        CppMain("many open files", Verdict.Accepted, "int n = 0; while (open(\"/dev/null\", O_RDONLY) >= 0) n++; return answer(n > 1000);"),
        CppMain("many threads", Verdict.Accepted, "atomic<bool> stop{false}; vector<thread> all; try { while (all.size() < 1000) all.emplace_back([&] { while (!stop) usleep(1000); }); } catch (system_error&) {} size_t n = all.size(); stop = true; for (auto& one : all) one.join(); return answer(n > 100);") with { Seconds = 3 },
        CppMain("core dumps", Verdict.Accepted, "rlimit core; getrlimit(RLIMIT_CORE, &core); return answer(core.rlim_max != 0);"),
        new("huge source", Language.Python, new string('#', 70_000), Verdict.CompileError),
        new("empty source", Language.Python, " \n", Verdict.CompileError),
        new("zero bytes in the source", Language.Cpp, "int main() {\0}", Verdict.CompileError),
        new("source that is no text", Language.Python, "", Verdict.CompileError) { Bytes = [0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x80] },
        Cpp("template bomb", Verdict.CompileError, "template <int N, class T> struct B { typename B<N - 1, B<N, T>>::type a; typename B<N - 1, B<N + 1, T>>::type b; using type = T; };\ntemplate <class T> struct B<0, T> { using type = T; };\nint main() { B<60, int> b; }"),
        Cpp("recursion of the preprocessor", Verdict.CompileError, "#include __FILE__\nint main() {}"),
        Cpp("a huge array in the program", Verdict.CompileError, "char big[60 << 20] = {1};\nint main() { return big[5]; }"),
        Cpp("endless constant expression", Verdict.CompileError, "constexpr long f(long n) { long s = 0; for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) s += i ^ j; return s; }\nint main() { static_assert(f(1 << 30) == 1); }"),
        Cpp("including the users of the host", Verdict.CompileError, "#include \"/etc/passwd\"\nint main() {}"),
        Cpp("including a device", Verdict.CompileError, "#include \"/dev/zero\"\nint main() {}"),
        Cpp("including the environment", Verdict.CompileError, "#include \"/proc/self/environ\"\nint main() {}"),
        Cpp("assembling a file of the host", Verdict.CompileError, "asm(\".incbin \\\"/etc/hostname\\\"\");\nint main() {}"),
        Python("nested brackets", Verdict.CompileError, new string('(', 5000) + new string(')', 5000)),
        Python("a constant that the compiler would compute", Verdict.TimeLimit, "x = 7 ** 123456789\nprint(x % 10)"),
    ];
}
