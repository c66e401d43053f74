using System.Text;
using ShTP.Checker.Judging;
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
            Function = FunctionSignature.Parse("f", inputs.Split(',', StringSplitOptions.RemoveEmptyEntries), [output]),
        };

        var result = await fixture.Judge.JudgeAsync(task);

        Assert.True(result.Verdict == Enum.Parse<Verdict>(verdict), $"{result.Verdict}: {result.Message} {string.Join(' ', result.Tests)}");
    }

    [Theory]
    [InlineData("f", "int", "int", "1\n2", "1")]
    [InlineData("f", "int", "int", "x", "1")]
    [InlineData("f", "int", "int", "1", "x")]
    [InlineData("f", "int", "int", "99999999999", "1")]
    [InlineData("f", "float", "int", "1e999", "1")]
    [InlineData("f", "float", "float", "1", "-1e999")]
    [InlineData("f", "str", "int", "\"\\ud800\"", "1")]
    [InlineData("f", "list[int]", "int", "[1, \"x\"]", "1")]
    [InlineData("f", "list[int]", "int", "1 2", "1")]
    [InlineData("f", "vector<int>", "int", "[1]", "1")]
    [InlineData("f", "list[list[int]]", "int", "[]", "1")]
    [InlineData("f();", "int", "int", "1", "1")]
    [InlineData("shtp_0", "int", "int", "1", "1")]
    public async Task Task_ThatDoesNotFitItself_IsFaulty(string name, string inputs, string output, string input, string expected) =>
        await Assert.ThrowsAsync<FaultyTaskException>(() => fixture.Judge.JudgeAsync(
            new JudgeTask(Language.Python, "def f(a): return a"u8.ToArray(), [new JudgeTest(input, expected)]) { Function = FunctionSignature.Parse(name, [inputs], [output]) }));
}
