using System.Text;
using ShTP.Checker.Judging;
using ShTP.Checker.Sandboxing;
using ShTP.Localization;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>What a submission's result says besides the verdict.</summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class JudgeTests(JudgeFixture fixture)
{
    [Fact]
    public async Task Judge_SeveralTests_GivesEachItsResult()
    {
        var result = await JudgeAsync("n = int(input())\nprint(10 // n if n != 3 else 0)", [new("2", "5"), new("0", "1"), new("3", "9"), new("5", "2")]);

        Assert.Equal([Verdict.Accepted, Verdict.RuntimeError, Verdict.WrongAnswer, Verdict.Accepted], result.Tests.Select(test => test.Verdict));
        Assert.Equal(Verdict.RuntimeError, result.Verdict);
        Assert.All(result.Tests, test => Assert.InRange(test.MemoryKibibytes, 1, 64 * 1024));
        Assert.All(result.Tests, test => Assert.InRange(test.Duration, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1.5)));
    }

    [Theory]
    [InlineData("raise ValueError(input())", "ended with an error: ValueError")]
    [InlineData("raise type(input(), (Exception,), {})()", "ended with an error")]
    [InlineData("import sys\nsys.exit(input())", "ended with an error")]
    [InlineData("import os\nos._exit(input().encode()[0])", "ended with an error")]
    [InlineData("import os\nos.abort()", "signal 6 (SIGABRT)")]
    public async Task Judge_RuntimeErrorInAHiddenTest_TellsNothingOfItsInput(string source, string info)
    {
        var result = await JudgeAsync(source, [new("hidden", "")]);

        Assert.Equal(info, Assert.Single(result.Tests).Info?.In(Languages.English));
    }

    [Fact]
    public async Task Judge_RuntimeErrorInADemoTest_ShowsWhatTheProgramSaid()
    {
        var result = await JudgeAsync("raise ValueError(input())", [new("shown", "", IsDemo: true)]);

        var info = Assert.Single(result.Tests).Info?.In(Languages.English);
        Assert.EndsWith("ValueError: shown", info, StringComparison.Ordinal);
        Assert.DoesNotContain("/box", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_RuntimeErrorWithALongMessage_IsAsShortAsAssignmentsTakesIt()
    {
        var result = await JudgeAsync("raise ValueError('ш' * 200 + 'x' * 400)", [new("", "", IsDemo: true)]);

        Assert.InRange(Encoding.UTF8.GetByteCount(LocalizedText.OfSchool(Assert.Single(result.Tests).Info!)), 250, 300);
    }

    [Fact]
    public async Task Judge_ProgramThatSleepsInEachTest_HoldsTheWorkerUpForABoundedTime()
    {
        var sleeping = await JudgeAsync("import time\ntime.sleep(30)", [.. Enumerable.Repeat(new JudgeTest("", ""), 15)]);

        Assert.Equal(Verdict.TimeLimit, sleeping.Verdict);
        Assert.Equal(Verdict.NotRun, sleeping.Tests[^1].Verdict);
    }

    [Fact]
    public async Task Judge_CompileErrorWithManyMessages_BoundsThemAndHidesPaths()
    {
        var source = "int main() {\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"undeclared_variable_with_a_long_name_{new string('x', 300)}_{i}();\n")) + "}";

        var result = await fixture.Judge.JudgeAsync(new JudgeTask(Language.Cpp, Encoding.UTF8.GetBytes(source), [new JudgeTest("", "")]));

        Assert.Equal(Verdict.CompileError, result.Verdict);
        Assert.StartsWith("main.cpp:", result.Message?.In(Languages.English), StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(result.Message!.In(Languages.English)), 1000, CompilerMessage.MaxBytes);
        Assert.DoesNotContain("/box", result.Message?.In(Languages.English), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_ManyAtATime_GivesEachItsOwnResult()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => JudgeAsync($"print({i})", [new("", $"{i}")])));

        Assert.All(results, result => Assert.Equal(Verdict.Accepted, result.Verdict));
    }

    [Fact]
    public async Task Judge_SecondTest_FindsNothingOfTheFirst()
    {
        var result = await JudgeAsync("import os\nprint(os.path.exists('/tmp/x'))\nopen('/tmp/x', 'w').write('x')", [new("", "False"), new("", "False")]);

        Assert.Equal(Verdict.Accepted, result.Verdict);
    }

    /// <summary>Row by row: what people send and what it must get.</summary>
    [Theory]
    [InlineData("the header of everything", "Cpp", "#include <bits/stdc++.h>\n#include <bits/stdc++.h>\nusing namespace std;\nint main() { int a, b; cin >> a >> b; cout << a + b; }", "1 2", "3", "Accepted")]
    [InlineData("the header behind something", "Cpp", "#pragma GCC optimize(\"O3\")\n#define X 1\n#include <bits/stdc++.h>\nint main() { std::cout << X; }", "", "1", "Accepted")]
    [InlineData("input with CRLF", "Python", "print(input() + '|' + input())", "a\r\nb\r\n", "a|b", "Accepted")]
    [InlineData("input with CR", "Python", "print(input() + '|' + input())", "a\rb", "a|b", "Accepted")]
    [InlineData("input with CRLF in C++", "Cpp", "#include <iostream>\n#include <string>\nint main() { std::string s; getline(std::cin, s); std::cout << s.size(); }", "abc\r\n", "3", "Accepted")]
    [InlineData("input with a byte order mark", "Python", "print(int(input()) + 1)", "\uFEFF41", "42", "Accepted")]
    [InlineData("input with a byte order mark in C++", "Cpp", "#include <iostream>\nint main() { int a; std::cin >> a; std::cout << a + 1; }", "\uFEFF41", "42", "Accepted")]
    [InlineData("output with a byte order mark", "Python", "print(42)", "", "\uFEFF42\r\n", "Accepted")]
    [InlineData("source with a byte order mark", "Python", "\uFEFFprint(1)\r\n", "", "1", "Accepted")]
    [InlineData("source with a byte order mark in C++", "Cpp", "\uFEFF#include <cstdio>\r\nint main() { puts(\"1\"); }\r\n", "", "1", "Accepted")]
    [InlineData("C++20", "Cpp", "#include <algorithm>\n#include <iostream>\n#include <ranges>\n#include <vector>\nint main() { std::vector v{3, 1, 2}; std::ranges::sort(v); for (int x : v | std::views::transform([](int x) { return x * x; })) std::cout << x << ' '; }", "", "1 4 9", "Accepted")]
    [InlineData("online judge", "Cpp", "#include <cstdio>\nint main() {\n#ifndef ONLINE_JUDGE\n  freopen(\"input.txt\", \"r\", stdin);\n#endif\n  int a; if (scanf(\"%d\", &a) == 1) printf(\"%d\", a); }", "5", "5", "Accepted")]
    [InlineData("locale in Python", "Python", "import locale\nprint(locale.setlocale(locale.LC_ALL, ''), locale.getlocale()[1])", "", "C.UTF-8 UTF-8", "Accepted")]
    [InlineData("locale in C++", "Cpp", "#include <clocale>\n#include <cwctype>\n#include <cstdio>\n#include <locale>\nint main() { std::locale all(\"\"); puts(setlocale(LC_ALL, \"\")); printf(\"%d %d %lc\", iswalpha(L'\\u0448') != 0, std::isupper(L'\\u0416', all), towupper(L'\\u0448')); }", "", "C.UTF-8\n1 1 Ш", "Accepted")]
    [InlineData("wide input in C++", "Cpp", "#include <iostream>\n#include <locale>\n#include <string>\nint main() { std::locale::global(std::locale(\"\")); std::wcin.imbue(std::locale()); std::wcout.imbue(std::locale()); std::wstring s; std::wcin >> s; std::wcout << s.size() << L' ' << s; }", "шар", "3 шар", "Accepted")]
    [InlineData("locale by name", "Cpp", "#include <iostream>\n#include <locale>\nint main() { std::cout << std::locale(\"C.UTF-8\").name(); }", "", "C.UTF-8", "Accepted")]
    [InlineData("text in another alphabet", "Python", "import re\nprint(input().upper(), re.findall(r'\\w+', 'ёж я'))", "ёлка", "ЁЛКА ['ёж', 'я']", "Accepted")]
    [InlineData("words of memory", "Python", "import sys\nprint('std::bad_alloc', file=sys.stderr)\nprint('MemoryError', file=sys.stderr)\nsys.exit(1)", "", "", "RuntimeError")]
    [InlineData("words of memory in C++", "Cpp", "#include <cstdio>\nint main() { fputs(\"terminate called after throwing an instance of 'std::bad_alloc'\\nMemoryError\\n\", stderr); return 1; }", "", "", "RuntimeError")]
    [InlineData("words of memory and an exception", "Cpp", "#include <iostream>\n#include <stdexcept>\nint main() { std::cerr << \"std::bad_alloc\"; throw std::runtime_error(\"MemoryError\"); }", "", "", "RuntimeError")]
    [InlineData("memory that was refused and given up", "Cpp", "#include <iostream>\n#include <new>\n#include <string>\nint main() { try { std::string s(1L << 43, 'x'); std::cout << s[5]; } catch (const std::bad_alloc&) { std::cout << \"caught\"; } }", "", "caught", "Accepted")]
    [InlineData("memory that was refused", "Cpp", "#include <vector>\nint main() { std::vector<char> v(1L << 43); return v[5]; }", "", "", "MemoryLimit")]
    [InlineData("a negative size", "Cpp", "int main(int argc, char**) { int* p = new int[-argc]; return p[0]; }", "", "", "RuntimeError")]
    [InlineData("memory that was refused in Python", "Python", "x = bytearray(1 << 43)", "", "", "MemoryLimit")]
    [InlineData("own names like those of Python", "Python", "type = any = isinstance = OSError = 5\nsys = os = None\nraise ValueError()", "", "", "RuntimeError")]
    [InlineData("an exception called like that of memory", "Python", "class MemoryError(Exception): pass\nraise MemoryError()", "", "", "RuntimeError")]
    [InlineData("asyncio", "Python", "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    return await asyncio.to_thread(lambda: sum(await_ for await_ in range(4)))\nprint(asyncio.run(main()))", "", "6", "Accepted")]
    [InlineData("gather", "Python", "import asyncio\nasync def f(n):\n    await asyncio.sleep(0)\n    return n\nasync def main(): print(*await asyncio.gather(*map(f, range(3))))\nasyncio.run(main())", "", "0 1 2", "Accepted")]
    [InlineData("a process", "Python", "import multiprocessing, os\ndef f(n): os.write(1, b'%d' % n)\nif __name__ == '__main__':\n    p = multiprocessing.Process(target=f, args=(5,))\n    p.start()\n    p.join()", "", "5", "Accepted")]
    [InlineData("threads", "Python", "import threading\nt = [threading.Thread(target=print, args=(1,)) for _ in range(8)]\nfor x in t: x.start()\nfor x in t: x.join()", "", "1 1 1 1 1 1 1 1", "Accepted")]
    [InlineData("a thread with a large stack", "Python", "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(1 << 29)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\nt = threading.Thread(target=lambda: print(f(50000)))\nt.start()\nt.join()", "", "50000", "Accepted")]
    [InlineData("names of a program", "Python", "import sys\nprint(__name__, __file__, sys.argv, [x for x in dir() if not x.startswith('__')])", "", "__main__ /box/main.py ['/box/main.py'] ['sys']", "Accepted")]
    [InlineData("pickle", "Python", "import pickle, dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\nprint(pickle.loads(pickle.dumps(A(5))).x)", "", "5", "Accepted")]
    public async Task Judge_WhatPeopleSend_GetsItsVerdict(string what, string language, string source, string input, string output, string verdict)
    {
        var result = await fixture.Judge.JudgeAsync(new JudgeTask(Enum.Parse<Language>(language), Encoding.UTF8.GetBytes(source), [new JudgeTest(input, output, IsDemo: true)]));

        Assert.True(result.Verdict == Enum.Parse<Verdict>(verdict), $"{what}: {result.Verdict} {result.Message} {string.Join(' ', result.Tests)}");
    }

    [Theory]
    [InlineData("import multiprocessing\nwith multiprocessing.Pool(1) as pool: print(pool.map(abs, [1]))", "processes cannot share locks or memory here, so there are no pools, queues and locks of multiprocessing")]
    [InlineData("from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(1) as pool: print(list(pool.map(abs, [1])))", "processes cannot share locks or memory here, so there are no pools, queues and locks of multiprocessing")]
    [InlineData("import multiprocessing\nq = multiprocessing.Queue()", "processes cannot share locks or memory here, so there are no pools, queues and locks of multiprocessing")]
    [InlineData("import urllib.request, socket\nsocket.create_connection(('127.0.0.1', 80))", "programs have no network here, and no sockets")]
    [InlineData("import socket\nsocket.socketpair()", "programs have no network here, and no sockets")]
    public async Task Judge_WhatIsNotThere_SaysWhyNot(string source, string reason)
    {
        foreach (var isDemo in new[] { true, false })
        {
            var test = Assert.Single((await JudgeAsync(source, [new("", "", isDemo)])).Tests);

            Assert.Equal(Verdict.RuntimeError, test.Verdict);
            Assert.Contains(reason, test.Info?.In(Languages.English), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Judge_OutputThatLooksLikeAnError_IsAnAnswer()
    {
        var result = await JudgeAsync("import sys\nsys.stderr.write('MemoryError: std::bad_alloc')\nprint('Traceback: Time limit exceeded, MemoryError')", [new("", "Traceback: Time limit exceeded, MemoryError")]);

        Assert.Equal(Verdict.Accepted, result.Verdict);
    }

    [Fact]
    public async Task Judge_LongTracebackInADemoTest_ShowsItsEnd()
    {
        var source = "def f(n):\n    if n == 0: return [][5]\n    return f(n - 1) if n % 2 else g(n)\ndef g(n):\n    return f(n - 1)\nf(40)";

        var result = await JudgeAsync(source, [new("", "", IsDemo: true)]);

        Assert.EndsWith("IndexError: list index out of range", Assert.Single(result.Tests).Info?.In(Languages.English), StringComparison.Ordinal);
        Assert.StartsWith("exit code 1: …", result.Tests[0].Info?.In(Languages.English), StringComparison.Ordinal);
    }

    /// <summary>The same on every host: with control groups and without.</summary>
    [Theory]
    [InlineData("Cpp", "#include <cstdio>\nint deep(int n) { volatile char pad[200]; pad[n % 200] = 1; return n == 0 ? 0 : deep(n - 1) + pad[n % 200]; }\nint main() { printf(\"%d\", deep(1000000)); }", 512, "1000000", "Accepted")]
    [InlineData("Cpp", "#include <cstdio>\nint deep(int n) { volatile char pad[200]; pad[n % 200] = 1; return deep(n + 1) + pad[n % 200]; }\nint main() { printf(\"%d\", deep(0)); }", 512, "", "RuntimeError")]
    [InlineData("Cpp", "#include <cstdio>\nint deep(int n) { volatile char pad[200]; pad[n % 200] = 1; return deep(n + 1) + pad[n % 200]; }\nint main() { printf(\"%d\", deep(0)); }", 64, "", "RuntimeError")]
    [InlineData("Cpp", "int main() { char all[32 << 20]; for (int i = 0; i < sizeof all; i += 4096) ((volatile char*)all)[i] = 1; return all[4096] - 1; }", 64, "", "Accepted")]
    [InlineData("Cpp", "#include <thread>\n#include <vector>\nint main() { std::vector<std::thread> all; for (int i = 0; i < 20; i++) all.emplace_back([] { volatile char pad[4 << 10]; pad[5] = 1; }); for (auto& one : all) one.join(); }", 64, "", "Accepted")]
    [InlineData("Python", "import functools, sys\nsys.setrecursionlimit(10**6)\n@functools.lru_cache(None)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(50000))", 256, "50000", "Accepted")]
    public async Task Judge_DeepRecursion_HasOneVerdictOnEveryHost(string language, string source, int mebibytes, string output, string verdict)
    {
        var task = new JudgeTask(Enum.Parse<Language>(language), Encoding.UTF8.GetBytes(source), [new JudgeTest("", output, IsDemo: true)]) { MemoryMebibytes = mebibytes, TimeLimit = TimeSpan.FromSeconds(5) };
        using var folder = CheckerFolder.Create();
        var (polling, fault) = await SandboxDetection.TryAsync(fixture.Judge.Host.Mode, new ProcessPolling(), folder, JudgeFixture.Options);
        Assert.True(polling is not null, fault);

        foreach (var judge in new[] { fixture.Judge, new Judge(polling, fixture.Toolchain) })
        {
            var result = await judge.JudgeAsync(task);

            Assert.True(result.Verdict == Enum.Parse<Verdict>(verdict), $"{judge.Host}: {result.Verdict} {result.Message} {string.Join(' ', result.Tests)}");
        }
    }

    [Theory]
    [InlineData("Tokens", "0.50", "0.5", false)]
    [InlineData("Floats", "0.50", "0.5", true)]
    [InlineData("Floats", "1e-3 -2 x", " 0.001\n-2.0000001 x\n", true)]
    [InlineData("Floats", "1000000", "1000000.5", true)]
    [InlineData("Floats", "1", "1.00001", false)]
    [InlineData("Floats", "1", "1 2", false)]
    [InlineData("Floats", "1", "nan", false)]
    [InlineData("Floats", "nan inf", "nan inf", true)]
    [InlineData("Floats", "x1", "x1.0", false)]
    [InlineData("Floats", "1,5", "1.5", false)]
    [InlineData("Tokens", "a b", "a  b \n\n", true)]
    [InlineData("Exact", "a b\r\nc", "a b\nc\n", true)]
    [InlineData("Exact", "a b", "a  b", false)]
    [InlineData("Exact", "a b", "a b ", false)]
    [InlineData("Exact", "a b", "a b\n\n", false)]
    [InlineData("Exact", " a\n\nb\n", " a\n\nb", true)]
    [InlineData("Exact", "", "", true)]
    [InlineData("Exact", "", "x", false)]
    public async Task Judge_WithThisChecker_ComparesSo(string checker, string expected, string printed, bool isRight)
    {
        var task = new JudgeTask(Language.Python, Encoding.UTF8.GetBytes($"import sys\nsys.stdout.write({System.Text.Json.JsonSerializer.Serialize(printed)})"), [new JudgeTest("", expected)])
        {
            Checker = Enum.Parse<AnswerChecker>(checker),
        };

        Assert.Equal(isRight ? Verdict.Accepted : Verdict.WrongAnswer, (await fixture.Judge.JudgeAsync(task)).Verdict);
    }

    [Fact]
    public async Task Judge_WithAToleranceOfItsOwn_ComparesNumbersByIt()
    {
        var task = new JudgeTask(Language.Python, "print(0.33)"u8.ToArray(), [new JudgeTest("", "0.3333")]) { Checker = AnswerChecker.Floats, Tolerance = 0.01 };

        Assert.Equal(Verdict.Accepted, (await fixture.Judge.JudgeAsync(task)).Verdict);
        Assert.Equal(Verdict.WrongAnswer, (await fixture.Judge.JudgeAsync(task with { Tolerance = 0.001 })).Verdict);
    }

    /// <summary>With the header of everything first, a program is compiled by its precompiled form: without, it takes seconds.</summary>
    [Fact]
    public async Task Compile_WithTheHeaderOfEverything_TakesItsPrecompiledForm()
    {
        var job = fixture.Folder.CreateJob();
        var source = Path.Join(job.FullName, "main.cpp");
        await File.WriteAllTextAsync(source, "#include <bits/stdc++.h>\n#include <bits/stdc++.h>\nint main() { std::cout << 1; }\n");
        var command = fixture.Toolchain.CompileCpp(source);

        var traced = await fixture.Sandbox.RunAsync(command with { Arguments = [.. command.Arguments, "-H"] });
        job.Delete(recursive: true);

        Assert.True(traced.Succeeded, Encoding.UTF8.GetString(traced.Error));
        Assert.StartsWith("! /headers/bits/stdc++.h.gch", Encoding.UTF8.GetString(traced.Error), StringComparison.Ordinal);
    }

    private Task<JudgeResult> JudgeAsync(string source, JudgeTest[] tests) =>
        fixture.Judge.JudgeAsync(new JudgeTask(Language.Python, Encoding.UTF8.GetBytes(source), tests));
}
