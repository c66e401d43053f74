using System.Diagnostics;
using System.Text.Json;
using ShTP.Checker.Sandboxing;
using ShTP.Functions;

namespace ShTP.Checker.Judging;

/// <summary>The compiler and the interpreter of this machine, and the commands that use them in the sandbox.</summary>
internal sealed class Toolchain
{
    private const string InsideHeaders = "/headers";
    private const string StandardHeader = "bits/stdc++.h";
    private const string StandardSource = "#pragma GCC system_header\n#include_next <bits/stdc++.h>\n";
    private const string PrecompiledHeader = StandardHeader + ".gch";
    private const string RuntimeSource = "Runtime.cpp";
    private const string RuntimeObject = "runtime.o";
    private const string FunctionSource = "Function.cpp";
    private const string FunctionObject = "function.o";
    private static readonly TimeSpan PreparationLimit = TimeSpan.FromMinutes(2);
    // Flags of programs and of the precompiled header, which the compiler uses only with the same flags.
    private static readonly string[] CompilerFlags = ["-O2", "-std=c++20", "-DONLINE_JUDGE"];
    private static readonly string[] CompilerFolders = ["/usr/bin", "/usr/include", "/usr/lib", "/usr/lib64", "/usr/libexec"];

    // The folders of installed packages inside the standard library's folder, on distributions that have them there.
    private static readonly string[] PackageFolders = ["site-packages", "dist-packages"];

    private static readonly SandboxLimits CompilerLimits = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25), 768 * SandboxLimits.Mebibyte)
    {
        OutputBytes = 32 * SandboxLimits.Mebibyte,
        KeptErrorBytes = 64 * 1024,
        FileBytes = 64 * SandboxLimits.Mebibyte,
        OpenFiles = 256,
        StackBytes = 64 * SandboxLimits.Mebibyte,
    };

    // With unusual names, because the program may define names such as "type" or "OSError". (A JSON string is a valid Python string.)
    private static readonly string Boot = $"exec({JsonSerializer.Serialize(ProgramEnd.ReadHarness("Boot.py"))}, {{'__name__': 'boot'}})\n";

    private readonly string _compiler;
    private readonly string _headers;
    private readonly string _interpreter;
    private readonly SandboxMount[] _pythonMounts;

    private Toolchain(string compiler, string headers, string interpreter, SandboxMount[] pythonMounts)
    {
        _compiler = compiler;
        _headers = headers;
        _interpreter = interpreter;
        _pythonMounts = pythonMounts;
    }

    /// <summary>Why each start compiles the header anew although a cache is set; null when it does not.</summary>
    public string? CacheFault { get; private init; }

    /// <summary>Finds compiler and interpreter, and precompiles the standard header and the linked runtime once; or reports what is missing.</summary>
    public static async Task<(Toolchain? Toolchain, IReadOnlyList<string> Faults)> PrepareAsync(
        CheckerFolder folder, CheckerOptions options, CancellationToken cancellationToken = default)
    {
        var faults = new List<string>();
        if (!File.Exists(options.Compiler))
            faults.Add($"{options.Compiler} is missing: install the package g++.");
        if (!File.Exists(options.Python))
            faults.Add($"{options.Python} is missing: install the package python3.");
        if (faults.Count > 0)
            return (null, faults);

        try
        {
            return (await PrepareAsync(folder.HeaderPath, options, cancellationToken), []);
        }
        catch (Exception failed) when (failed is InvalidOperationException or TimeoutException or IOException)
        {
            return (null, [failed.Message]);
        }
    }

    /// <summary>Compiles <paramref name="source"/>. The program is written to standard output, so that the sandbox can write no file of the host.</summary>
    /// <param name="source">The text.</param>
    /// <param name="isFunction">It has the call of a function, see <see cref="FunctionHarness"/>, and maybe a <c>main</c>, which is not used.</param>
    public SandboxCommand CompileCpp(string source, bool isFunction = false) => new(
        [
            "/usr/bin/sh", "-c", "\"$@\" -o /tmp/program && exec cat /tmp/program", "sh", _compiler, .. CompilerFlags, "-I", InsideHeaders,
            "-fmax-errors=20", "-fdiagnostics-color=never", "-fno-diagnostics-show-caret",
            .. isFunction ? ["-Wl,-z,muldefs", $"{InsideHeaders}/{FunctionObject}"] : Array.Empty<string>(),
            $"{InsideHeaders}/{RuntimeObject}", "-x", "c++", "/box/main.cpp",
        ],
        [.. CompilerFolders.Where(Directory.Exists).Select(path => new SandboxMount(path)), new SandboxMount(_headers, InsideHeaders)],
        CompilerLimits)
    {
        Files = [new SandboxFile(source, "/box/main.cpp")],
    };

    /// <summary>Compiles <paramref name="source"/> in memory, for the message of a syntax error.</summary>
    public SandboxCommand CheckPython(string source)
    {
        const string Check = "import sys; compile(open('/box/main.py', 'rb').read(), 'main.py', 'exec')";
        return RunPython("-c", Check) with { Files = [new SandboxFile(source, "/box/main.py")], Limits = CompilerLimits };
    }

    /// <summary>Runs a program, which is the file <c>/box/main.py</c>.</summary>
    public SandboxCommand RunPythonProgram() => RunPython("-c", Boot + EmbeddedText.Read("Program.py"));

    /// <summary>Calls a function of the file <c>/box/main.py</c>.</summary>
    public SandboxCommand RunPythonFunction(FunctionSignature function) => RunPython("-c", Boot + FunctionHarness.WrapPython(function));

    /// <summary>
    /// Isolated mode without environment and user folders. (The module <c>site</c> is needed for <c>exit</c>; installed
    /// packages are not visible.)
    /// </summary>
    public SandboxCommand RunPython(params IEnumerable<string> arguments) => new([_interpreter, "-I", "-B", .. arguments], _pythonMounts, CompilerLimits);

    private static async Task<Toolchain> PrepareAsync(string headers, CheckerOptions options, CancellationToken cancellationToken)
    {
        var realCompiler = new FileInfo(options.Compiler).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? options.Compiler;
        var cacheFault = await MakeHeadersAsync(headers, realCompiler, options, cancellationToken);

        const string Where = "import os, sys, sysconfig; print(os.path.realpath(sys.executable), sysconfig.get_path('stdlib'), sep='\\n')";
        var lines = await RunAsync(options.Python, ["-I", "-c", Where], cancellationToken);
        var (interpreter, library) = (lines[0], lines[1]);
        var empty = Directory.CreateDirectory(Path.Join(headers, "empty")).FullName;
        SandboxMount[] mounts =
        [
            new(interpreter), new(library),
            .. PackageFolders.Select(name => Path.Join(library, name)).Where(Directory.Exists).Select(path => new SandboxMount(empty, path)),
        ];
        return new Toolchain(realCompiler, headers, interpreter, mounts) { CacheFault = cacheFault };
    }

    /// <summary>Fills the folder of headers by what an earlier start made, or compiles it and keeps it for the next one.</summary>
    /// <returns>Why nothing was taken or kept although <see cref="CheckerOptions.Cache"/> is set.</returns>
    private static async Task<string?> MakeHeadersAsync(string headers, string realCompiler, CheckerOptions options, CancellationToken cancellationToken)
    {
        // The header is next to its precompiled form, which the compiler uses only for the first include.
        var standard = Path.Join(Directory.CreateDirectory(Path.Join(headers, Path.GetDirectoryName(StandardHeader))).FullName, Path.GetFileName(StandardHeader));
        await File.WriteAllTextAsync(standard, StandardSource, cancellationToken);
        (string[] Arguments, string Target)[] commands =
        [
            (["-w", "-x", "c++-header", standard], PrecompiledHeader),
            (["-c", await WriteHarnessAsync(RuntimeSource)], RuntimeObject),
            (["-c", await WriteHarnessAsync(FunctionSource)], FunctionObject),
        ];

        HeaderCache? cache = null;
        string? fault = null;
        try
        {
            cache = options.Cache is { Length: > 0 } folder
                ? new HeaderCache(folder, [realCompiler, .. CompilerFlags, StandardSource, ProgramEnd.ReadHarness(RuntimeSource), ProgramEnd.ReadHarness(FunctionSource)])
                : null;
            if (cache?.TryTake(headers) is true)
                return null;
        }
        catch (IOException failed)
        {
            fault = failed.Message;
        }

        var read = new List<string> { realCompiler };
        foreach (var (arguments, target) in commands)
        {
            var dependencies = Path.Join(headers, target + ".d");
            await RunAsync(options.Compiler, [.. CompilerFlags, .. arguments, "-o", Path.Join(headers, target), "-MD", "-MF", dependencies], cancellationToken);
            read.AddRange(ReadDependencies(await File.ReadAllTextAsync(dependencies, cancellationToken)).Where(path => !path.StartsWith(headers, StringComparison.Ordinal)));
            File.Delete(dependencies);
        }

        try
        {
            if (cache is not null)
                cache.Store(headers, commands.Select(command => command.Target), [(await RunAsync(options.Compiler, ["-print-prog-name=cc1plus"], cancellationToken))[0], .. read]);
        }
        catch (IOException failed)
        {
            fault = failed.Message;
        }

        return fault;

        async Task<string> WriteHarnessAsync(string name)
        {
            var source = Path.Join(headers, name);
            await File.WriteAllTextAsync(source, ProgramEnd.ReadHarness(name), cancellationToken);
            return source;
        }
    }

    // A rule of make: the target and a colon, then what it is made from, on lines that end with a backslash.
    private static string[] ReadDependencies(string rule) =>
        rule[(rule.IndexOf(": ", StringComparison.Ordinal) + 1)..].Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);

    // Low priority: the rest of the system starts at the same time.
    private static async Task<string[]> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PreparationLimit);
        using var process = Process.Start(new ProcessStartInfo("nice", ["-n", "10", program, .. arguments]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        string output;
        try
        {
            output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{program} did not end within {PreparationLimit}.");
        }

        return process.ExitCode == 0 ? output.Split('\n') : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}.");
    }
}
