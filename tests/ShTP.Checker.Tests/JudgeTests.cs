using System.Text;
using ShTP.Checker.Judging;
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

        Assert.Equal(info, Assert.Single(result.Tests).Info);
    }

    [Fact]
    public async Task Judge_RuntimeErrorInADemoTest_ShowsWhatTheProgramSaid()
    {
        var result = await JudgeAsync("raise ValueError(input())", [new("shown", "", IsDemo: true)]);

        var info = Assert.Single(result.Tests).Info;
        Assert.EndsWith("ValueError: shown", info, StringComparison.Ordinal);
        Assert.DoesNotContain("/box", info, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_RuntimeErrorWithALongMessage_IsAsShortAsAssignmentsTakesIt()
    {
        var result = await JudgeAsync("raise ValueError('ш' * 200 + 'x' * 400)", [new("", "", IsDemo: true)]);

        Assert.InRange(Encoding.UTF8.GetByteCount(Assert.Single(result.Tests).Info!), 250, 300);
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
        Assert.StartsWith("main.cpp:", result.Message, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(result.Message!), 1000, CompilerMessage.MaxBytes);
        Assert.DoesNotContain("/box", result.Message, StringComparison.Ordinal);
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

    private Task<JudgeResult> JudgeAsync(string source, JudgeTest[] tests) =>
        fixture.Judge.JudgeAsync(new JudgeTask(Language.Python, Encoding.UTF8.GetBytes(source), tests));
}
