using System.Text;
using ShTP.Checker.Judging;
using ShTP.Functions;
using ShTP.Localization;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>Submissions that are one function.</summary>
[Collection(JudgeFixture.OneAtATime)]
public sealed class FunctionModeTests(JudgeFixture fixture)
{
    [Theory]
    [InlineData("Python", "def f(a, b):\n    return a + b", "int,long", "int", "2\n3", "5", "Accepted")]
    [InlineData("Cpp", "int f(int a, long long b) { return a + b; }", "int,long", "int", "2\n3", "5", "Accepted")]
    [InlineData("Cpp", "int f(int a, long long b) { return a - b; }", "int,long", "int", "2\r\n3\r\n", "5", "WrongAnswer")]
    [InlineData("Python", "def f(a):\n    print('noise', 5)\n    return sorted(a)", "list[int]", "list[int]", "[3, 1, 2]", "[1, 2, 3]", "Accepted")]
    [InlineData("Cpp", "vector<int> f(vector<int>& a) { cout << 5 << endl; sort(a.begin(), a.end()); return a; }", "list[int]", "list[int]", "[3, 1, 2]", "[1, 2, 3]", "CompileError")]
    [InlineData("Cpp", "using namespace std;\nvector<int> f(vector<int>& a) { cout << 5 << endl; sort(a.begin(), a.end()); return a; }", "list[int]", "list[int]", "[3, 1, 2]", "[1, 2, 3]", "Accepted")]
    [InlineData("Cpp", "#include <string>\nstd::string f(const std::string& a, int b) { return a + std::to_string(b) + \"\\\"\\n\"; }", "str,int", "str", "\"при вет\"\n7", "\"при вет7\\\"\\n\"", "Accepted")]
    [InlineData("Python", "def f(a, b):\n    return a + str(b)", "str,int", "str", "\"plain text\"\n7", "\"plain text7\"", "Accepted")]
    [InlineData("Cpp", "char f(std::string a) { return a[0]; }", "str", "str", "\"text\"", "\"t\"", "Accepted")]
    [InlineData("Cpp", "char f(std::string a) { return a[0]; }", "str", "str", "\"шар\"", "\"ш\"", "WrongAnswer")]
    [InlineData("Cpp", "std::string f(std::string a) { return {a.rbegin(), a.rend()}; }", "str", "str", "\"шар\"", "\"раш\"", "WrongAnswer")]
    [InlineData("Cpp", "std::vector<char> f(std::string a) { return {a[0], a[1]}; }", "str", "list[str]", "\"ш\"", "[\"ш\", \"\"]", "WrongAnswer")]
    [InlineData("Python", "def f(a):\n    return chr(0xd800)", "str", "str", "\"a\"", "\"a\"", "WrongAnswer")]
    [InlineData("Python", "def f(a):\n    return float('inf')", "str", "float", "\"a\"", "1", "WrongAnswer")]
    [InlineData("Cpp", "std::vector<long long> f(std::vector<int> a) { return {a[1], 10000000000LL}; }", "list[int]", "list[long]", "[2, 3]", "[3, 10000000000]", "Accepted")]
    [InlineData("Python", "def f(a):\n    return [a[1], 10000000000]", "list[int]", "list[long]", "[2, 3]", "[3, 10000000000]", "Accepted")]
    [InlineData("Cpp", "std::vector<std::string> f(std::vector<double> a) { return std::vector<std::string>(a.size(), \"x\"); }", "list[float]", "list[str]", "[1.5, 2]", "[\"x\", \"x\"]", "Accepted")]
    [InlineData("Python", "def f(x):\n    return x / 3", "float", "float", "1", "0.3333333", "Accepted")]
    [InlineData("Cpp", "double f(double x) { return x / 3; }", "float", "float", "1", "0.333", "WrongAnswer")]
    [InlineData("Cpp", "std::vector<bool> f(bool a) { return {a, !a}; }", "bool", "list[bool]", "true", "[true, false]", "Accepted")]
    [InlineData("Python", "def f(a):\n    return [a, not a]", "bool", "list[bool]", "true", "[true, false]", "Accepted")]
    [InlineData("Cpp", "#define int long long\nint f(int a) { return a * 2; }\nsigned main() { }", "int", "long", "2000000000", "4000000000", "Accepted")]
    [InlineData("Cpp", "int g(int a) { return a; }", "int", "int", "1", "1", "CompileError")]
    [InlineData("Python", "def g(a):\n    return a", "int", "int", "1", "1", "RuntimeError")]
    [InlineData("Python", "def f(a):\n    return {a}", "int", "int", "1", "1", "RuntimeError")]
    [InlineData("Python", "def f():\n    return 7", "", "int", "", "7", "Accepted")]
    [InlineData("Python", "import os\nos.write(1, b'7')\nos._exit(0)\ndef f(): pass", "", "int", "", "7", "WrongAnswer")]
    [InlineData("Cpp", "struct S { S() { puts(\"7\"); fflush(stdout); _exit(0); } } s;\nint f() { return 8; }", "", "int", "", "7", "WrongAnswer")]
    [InlineData("Python", "def f(a):\n    return 'true'", "int", "bool", "1", "true", "WrongAnswer")]
    public async Task Function_OfThisType_IsCalledAndCompared(
        string language, string source, string inputs, string output, string input, string expected, string verdict)
    {
        var task = new JudgeTask(Enum.Parse<Language>(language), Encoding.UTF8.GetBytes(source), [new JudgeTest(input, expected, IsDemo: true)])
        {
            Function = Signature("f", inputs.Split(',', StringSplitOptions.RemoveEmptyEntries), output),
        };

        var result = await fixture.Judge.JudgeAsync(task);

        Assert.True(result.Verdict == Enum.Parse<Verdict>(verdict), $"{result.Verdict}: {result.Message} {string.Join(' ', result.Tests)}");
    }

    /// <summary>Each type as argument and as result in both spellings, in both languages, and the old form of its tests.</summary>
    public static TheoryData<string, string, string, string, string, string> Types
    {
        get
        {
            var types = new TheoryData<string, string, string, string, string, string>
            {
                { "int", "int", "int", "-5", "-5", "" },
                { "long", "long long", "long long", "10000000000", "10000000000", "" },
                { "float", "double", "double", "0.5", "0.50", "" },
                { "bool", "bool", "bool", "true", "1", "" },
                { "str", "string", "std::string", "\"при вет\"", "привет", "\"привет\"" },
                { "char", "char", "char", "\"x\"", "x", "" },
                { "list[int]", "vector<int>", "std::vector<int>", "[7, -2, 3]", "7 -2 3", "" },
                { "list[long]", "vector<long long>", "std::vector<long long>", "[10000000000]", "10000000000", "" },
                { "list[float]", "vector<double>", "std::vector<double>", "[0.5, 2]", ".5 2.0", "" },
                { "list[bool]", "vector<bool>", "std::vector<bool>", "[true, false]", "True False", "" },
                { "list[str]", "vector<string>", "std::vector<std::string>", "[\"a\", \"\"]", "a b", "[\"a\", \"b\"]" },
                { "list[char]", "vector<char>", "std::vector<char>", "[\"a\", \" \"]", "a b", "[\"a\", \"b\"]" },
                { "list[list[int]]", "vector<vector<int>>", "std::vector<std::vector<int>>", "[[1], [], [2, 3]]", "", "" },
                { "map[str, int]", "map<string, int>", "std::map<std::string, int>", "{\"b\": 1, \"a\": 2}", "", "" },
                { "dict[int, list[str]]", "map<int, vector<string>>", "std::map<int, std::vector<std::string>>", "{\"10\": [\"x\"], \"9\": []}", "", "" },
                { "list[map[char, float]]", "vector<map<char, double>>", "std::vector<std::map<char, double>>", "[{\"a\": 1.5}, {}]", "", "" },
            };
            return types;
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Function_OfEachType_TakesAndGivesIt(string python, string react, string cpp, string json, string old, string oldAsJson)
    {
        var inCpp = $"#include <map>\n#include <string>\n#include <vector>\nstatic const {cpp}* kept;\n{cpp} f({cpp}& value) {{ kept = &value; return *kept; }}";
        var oldValue = oldAsJson.Length > 0 ? oldAsJson : json;
        JudgeTest[] tests = [new(json, json, IsDemo: true), .. old.Length == 0 ? Array.Empty<JudgeTest>() : [new(old, oldValue, IsDemo: true), new(oldValue, old, IsDemo: true)]];
        foreach (var type in new[] { python, react })
        {
            await AcceptedAsync(Language.Cpp, inCpp, [type], type, tests);
            await AcceptedAsync(Language.Python, "def f(value):\n    return value", [type], type, tests);
        }
    }

    [Theory]
    [InlineData("void", "int", "", "7", "#include <cstdio>\nint f() { return 7; }", "def f():\n    return 7")]
    [InlineData("int", "void", "7", "7 7", "#include <cstdio>\nvoid f(int a) { printf(\"%d %d\\n\", a, a); }", "def f(a):\n    print(a, a)")]
    [InlineData("void", "void", "", "привет", "#include <iostream>\nvoid f() { std::cout << \"привет\"; }", "def f():\n    print('привет')")]
    [InlineData("int;vector<int>", "int", "2 5 6 7", "18", "#include <vector>\nint f(int a, std::vector<int> b) { int sum = 0; for (int x : b) sum += x; return sum; }", "def f(a, b):\n    return sum(b)")]
    [InlineData("int;int", "int", "1 2", "3", "int f(int a, int b) { return a + b; }", "def f(a, b):\n    return a + b")]
    [InlineData("vector<int>;int", "long long", "1 2 3\r\n4\r\n", "10\r\n", "#include <numeric>\n#include <vector>\nlong long f(const std::vector<int>& a, int b) { return std::accumulate(a.begin(), a.end(), 0LL) + b; }", "def f(a, b):\n    return sum(a) + b")]
    [InlineData("string;int", "string", "\uFEFFab 2", "abab", "#include <string>\nstd::string f(std::string a, int n) { std::string all; while (n--) all += a; return all; }", "def f(a, n):\n    return a * n")]
    [InlineData("string;string", "string", "ada lovelace", "ada lovelace", "#include <string>\nstd::string f(std::string a, std::string b) { return a + ' ' + b; }", "def f(a, b):\n    return a + ' ' + b")]
    [InlineData("vector<float>", "float", "[1.5, 2]", "3.5", "#include <vector>\nfloat f(std::vector<float>& a) { return a[0] + a[1]; }", "def f(a):\n    return sum(a)")]
    [InlineData("map<string, float>", "vector<string>", "{\"b\": 2, \"a\": 1}", "[\"a\", \"b\"]", "#include <map>\n#include <string>\n#include <vector>\nstd::vector<std::string> f(const std::map<std::string, float>& a) { std::vector<std::string> keys; for (auto& one : a) keys.push_back(one.first); return keys; }", "def f(a):\n    return sorted(a)")]
    [InlineData("map<int, int>", "map<int, int>", "[[2, 3], [1, 4]]", "{\"3\": 2, \"4\": 1}", "#include <map>\n#include <unordered_map>\nstd::unordered_map<int, int> f(std::map<int, int> a) { std::unordered_map<int, int> back; for (auto [k, v] : a) back[v] = k; return back; }", "def f(a):\n    return {v: k for k, v in a.items()}")]
    public async Task Function_InEachWayItIsWritten_IsAccepted(string inputs, string output, string input, string expected, string cpp, string python)
    {
        await AcceptedAsync(Language.Cpp, cpp, inputs.Split(';'), output, input, expected);
        await AcceptedAsync(Language.Python, python, inputs.Split(';'), output, input, expected);
    }

    /// <summary>What compiles alone compiles as a function too.</summary>
    [Theory]
    [InlineData("add", "#include <bits/stdc++.h>\nint add(int a, int b) { return a + b; }")]
    [InlineData("add", "#include <bits/stdc++.h>\n#include <bits/stdc++.h>\nusing namespace std;\nint add(int a, int b) { return a + b; }")]
    [InlineData("add", "#pragma GCC optimize(\"O3\")\n#include <bits/stdc++.h>\nint add(int a, int b) { return a + b; }")]
    [InlineData("add", "#include <iostream>\nusing namespace std;\nint count = 0, sort = 0, gcd = 0, y1 = 0;\nint add(int a, int b) { count++; sort = gcd + y1; return a + b; }")]
    [InlineData("add", "using namespace std;\nint count = 0, y1 = 0, link = 0;\nint add(int a, int b) { return a + b + count + y1 + link; }")]
    [InlineData("add", "#include <vector>\nstruct read { int write; };\nint pipe = 1, open = 2, take = 3, dup = 4, close = 5;\nnamespace call { int put; }\nint add(int a, int b) { return a + b; }")]
    [InlineData("add", "#include <iostream>\n#define int long long\n#define take put\n#define from (\n#define scalar 5\nusing namespace std;\nint add(int a, int b) { return a + b; }\nsigned main() { cout << add(1, 2); }")]
    [InlineData("add", "\uFEFF#include <string>\r\nint add(int a, int b) {\r\n  return a + b;\r\n}\r\nint main() { return 1; }\r\n// the end \\")]
    [InlineData("count", "#include <bits/stdc++.h>\nusing namespace std;\nint count(int a, int b) { return a + b; }")]
    [InlineData("swap", "#include <bits/stdc++.h>\nusing namespace std;\nint swap(int a, int b) { return a + b; }")]
    [InlineData("hypot", "#include <bits/stdc++.h>\nusing namespace std;\nint hypot(int a, int b) { return a + b; }")]
    [InlineData("add", "using namespace std;\nint add(int a, int b) { vector<int> all{a, b}; return accumulate(all.begin(), all.end(), 0); }")]
    [InlineData("add", "#include <bits/stdc++.h>\nauto add(std::integral auto a, auto b) { return a + b; }")]
    [InlineData("add", "#include <vector>\nint add(int a, int b) { std::set<int> all; return std::max(a, b) + std::min(a, b); }")]
    public async Task Cpp_WithItsOwnNamesAndHeaders_Compiles(string name, string source)
    {
        var task = new JudgeTask(Language.Cpp, Encoding.UTF8.GetBytes(source), [new JudgeTest("1\n2", "3", IsDemo: true)]) { Function = Signature(name, ["int", "int"], "int") };

        var result = await fixture.Judge.JudgeAsync(task);

        Assert.True(result.Verdict == Verdict.Accepted, $"{result.Verdict}: {result.Message} {string.Join(' ', result.Tests)}");
    }

    [Theory]
    [InlineData("def f(n):\n    yield from range(n)")]
    [InlineData("def f(n):\n    return range(n)")]
    [InlineData("def f(n):\n    return (0, 1, 2)")]
    [InlineData("def f(n):\n    return map(int, '012')")]
    [InlineData("def f(n):\n    return {0: 1, 1: 1, 2: 1}.keys()")]
    public Task Python_ResultInOrder_IsAList(string source) => AcceptedAsync(Language.Python, source, ["int"], "list[int]", "3", "[0, 1, 2]");

    [Theory]
    [InlineData("def f(n):\n    from fractions import Fraction\n    return Fraction(n, 2)", "float", "1.5")]
    [InlineData("def f(n):\n    from decimal import Decimal\n    return Decimal(n) / 2", "float", "1.5")]
    [InlineData("def f(n):\n    return n == 3", "bool", "true")]
    [InlineData("import collections\ndef f(n):\n    return collections.Counter('aab')", "map<string, int>", "{\"a\": 2, \"b\": 1}")]
    public Task Python_ResultOfAnotherClass_IsItsValue(string source, string output, string expected) => AcceptedAsync(Language.Python, source, ["int"], output, "3", expected);

    [Theory]
    [InlineData("def f(n):\n    return {n}", "list[int]", "the function gave a set, which has no order: give a list, such as sorted(...)")]
    [InlineData("def f(n):\n    return [frozenset([n])]", "list[list[int]]", "the function gave a set, which has no order: give a list, such as sorted(...)")]
    [InlineData("def f(n):\n    return object()", "int", "the function gave a value of another type than the task says")]
    [InlineData("def f(n):\n    return (x for x in [n])", "int", "the function gave a value of another type than the task says")]
    public async Task Python_ResultWithoutOrderOrValue_IsExplained(string source, string output, string reason)
    {
        foreach (var isDemo in new[] { true, false })
        {
            var task = new JudgeTask(Language.Python, Encoding.UTF8.GetBytes(source), [new JudgeTest("3", output == "int" ? "3" : "[]", isDemo)]) { Function = Signature("f", ["int"], output) };

            var test = Assert.Single((await fixture.Judge.JudgeAsync(task)).Tests);

            Assert.Equal(Verdict.RuntimeError, test.Verdict);
            Assert.Contains(reason, test.Info?.In(Languages.English), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Python_ArgumentsOfEachType_AreOfThatType()
    {
        const string Source = "def f(a, b, c, d):\n    return [type(x).__name__ for x in (a, b, c[0][0], list(d)[0])]";

        await AcceptedAsync(Language.Python, Source, ["float", "char", "list[list[double]]", "map[int, str]"], "list[str]", "2\n\"x\"\n[[2]]\n{\"5\": \"x\"}", "[\"float\", \"str\", \"float\", \"int\"]");
    }

    [Theory]
    [InlineData("f", "int", "int", "1\n2", "1")]
    [InlineData("f", "int", "int", "x", "1")]
    [InlineData("f", "int", "int", "1", "x")]
    [InlineData("f", "int", "int", "99999999999", "1")]
    [InlineData("f", "float", "int", "1e999", "1")]
    [InlineData("f", "float", "float", "1", "-1e999")]
    [InlineData("f", "str", "int", "\"\\ud800\"", "1")]
    [InlineData("f", "str", "int", "two words", "1")]
    [InlineData("f", "char", "int", "\"ш\"", "1")]
    [InlineData("f", "char", "int", "xy", "1")]
    [InlineData("f", "list[int]", "int", "[1, \"x\"]", "1")]
    [InlineData("f", "list[int]", "int", "1 2", "1")]
    [InlineData("f", "vector<vector<int>>", "int", "1 2\n3 4", "1")]
    [InlineData("f", "map<string,int>", "int", "a 1", "1")]
    [InlineData("f", "map<string,int>", "int", "{\"a\": 1, \"a\": 2}", "1")]
    [InlineData("f", "map<string,int>", "int", "{\"\\ud800\": 1}", "1")]
    [InlineData("f", "map<vector<int>,int>", "int", "[]", "1")]
    [InlineData("f", "vector<int]", "int", "[1]", "1")]
    [InlineData("f", "vector<void>", "int", "[]", "1")]
    [InlineData("f", "set<int>", "int", "[1]", "1")]
    [InlineData("f();", "int", "int", "1", "1")]
    [InlineData("shtp_0", "int", "int", "1", "1")]
    [InlineData("isdigit", "int", "bool", "1", "true")]
    public async Task Task_ThatDoesNotFitItself_IsFaulty(string name, string inputs, string output, string input, string expected) =>
        await Assert.ThrowsAsync<FaultyTaskException>(() => fixture.Judge.JudgeAsync(
            new JudgeTask(Language.Python, "def f(a): return a"u8.ToArray(), [new JudgeTest(input, expected)]) { Function = Signature(name, [inputs], output) }));

    private static FunctionSignature Signature(string name, string[] inputs, string output) =>
        FunctionSignature.TryParse(name, inputs, [output], out var faults) ?? throw new FaultyTaskException(string.Join("; ", faults));

    private Task AcceptedAsync(Language language, string source, string[] inputs, string output, string input, string expected) =>
        AcceptedAsync(language, source, inputs, output, new JudgeTest(input, expected, IsDemo: true));

    private async Task AcceptedAsync(Language language, string source, string[] inputs, string output, params JudgeTest[] tests)
    {
        var task = new JudgeTask(language, Encoding.UTF8.GetBytes(source), tests) { Function = Signature("f", inputs, output) };

        var result = await fixture.Judge.JudgeAsync(task);

        Assert.True(result.Verdict == Verdict.Accepted, $"{language} {string.Join(", ", inputs)} -> {output}: {result.Verdict} {result.Message} {string.Join(' ', result.Tests)}");
    }
}
