using static ShTP.Checker.Tests.HostileProgram;

namespace ShTP.Checker.Tests;

/// <summary>Right, wrong and broken programs that mean no harm.</summary>
internal static class OrdinaryPrograms
{
    public static IEnumerable<HostileProgram> All { get; } =
    [
        Python("sum in Python", Verdict.Accepted, "print(sum(map(int, input().split())))") with { Input = "2 3", Output = "5" },
        Cpp("sum in C++", Verdict.Accepted, "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }") with { Input = "2 3", Output = "5" },
        Python("spaces and line ends do not matter", Verdict.Accepted, "print(1, 2, sep='\\n', end='  \\r\\n\\n')") with { Output = "1 2\n" },
        Python("a wrong answer", Verdict.WrongAnswer, "print(4)") with { Output = "5" },
        Python("too few words", Verdict.WrongAnswer, "print(1)") with { Output = "1 2" },
        Python("too many words", Verdict.WrongAnswer, "print(1, 2)") with { Output = "1" },
        Python("nothing printed", Verdict.WrongAnswer, "pass") with { Output = "1" },
        Python("zero bytes printed", Verdict.WrongAnswer, "print('\\0' * 1000)"),
        Python("standard output closed", Verdict.WrongAnswer, "import os\nos.close(1)\nos._exit(0)"),
        Python("text in another alphabet", Verdict.Accepted, "print('привет', input())") with { Input = "мир", Output = "привет мир" },
        Python("exit with success", Verdict.Accepted, "print('safe'); exit(0)"),
        Python("exit code", Verdict.RuntimeError, "print('safe'); exit(3)"),
        CppMain("exit code in C++", Verdict.RuntimeError, "puts(\"safe\"); return 7;"),
        Python("uncaught exception", Verdict.RuntimeError, "raise ValueError('no')"),
        CppMain("uncaught exception in C++", Verdict.RuntimeError, "throw runtime_error(\"no\");"),
        Python("division by zero", Verdict.RuntimeError, "print(1 // 0)"),
        CppMain("division by zero in C++", Verdict.RuntimeError, "volatile int zero = 0; return 100 / zero;"),
        CppMain("segmentation fault", Verdict.RuntimeError, "volatile int* p = nullptr; *p = 1;"),
        CppMain("abort", Verdict.RuntimeError, "abort();"),
        CppMain("signal to itself", Verdict.RuntimeError, "kill(getpid(), SIGTERM); pause();"),
        Python("end of input", Verdict.RuntimeError, "input(); input()") with { Input = "one line" },
        CppMain("end of input in C++", Verdict.Accepted, "int a, n = 0; while (cin >> a) n++; cin.clear(); cin >> a; return answer(n != 3);") with { Input = "1 2 3" },
        Python("recursion without end", Verdict.RuntimeError, "def f(): f()\nf()"),
        CppMain("stack overflow", Verdict.RuntimeError, "function<int(int)> f = [&](int n) { volatile char pad[4096] = {0}; return f(n + 1) + pad[n % 4096]; }; return f(0);") with { Mebibytes = 256 },
        CppMain("deep recursion that fits", Verdict.Accepted, "function<int(int)> f = [&](int n) { volatile int pad = n; return n == 0 ? 0 : 1 + f(n - 1) + pad - n; }; return answer(f(200000) != 200000);") with { Mebibytes = 256 },
        Python("syntax error", Verdict.CompileError, "def f(:\n    pass"),
        Cpp("error of the compiler", Verdict.CompileError, "int main() { return undeclared; }"),
        Cpp("no main", Verdict.CompileError, "int f() { return 1; }"),
        Python("the standard library is there", Verdict.Accepted, "import collections, decimal, heapq, itertools, json, math, random, re\nprint('safe')"),
        CppMain("threads are allowed", Verdict.Accepted, "atomic<int> n{0}; vector<thread> all; for (int i = 0; i < 4; i++) all.emplace_back([&] { n++; }); for (auto& one : all) one.join(); return answer(n != 4);"),
        Python("temporary files are allowed", Verdict.Accepted, "open('x', 'w').write('safe')\nprint(open('/tmp/x').read())"),
    ];
}
