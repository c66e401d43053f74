using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;
using ShTP.Localization;

namespace ShTP.Architecture.Tests;

/// <summary>What the compiler makes of the source of one project: every text that becomes a <see cref="LocalizedText"/>.</summary>
internal sealed class TextKeys
{
    // Overloads that a library hides from compilers by its reference assembly.
    private const string Obsolete = "CS0619";

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file)),
    ];

    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    private TextKeys()
    {
    }

    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>Code whose texts cannot be told, or that does not compile here.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <param name="assembly">The project.</param>
    /// <param name="folder">Its source.</param>
    /// <param name="others">Projects that it does not see.</param>
    public static TextKeys Read(Assembly assembly, string folder, IEnumerable<string> others)
    {
        var found = new TextKeys();
        var compilation = Compile(assembly, folder, [assembly.GetName().Name!, .. others]);
        found._faults.AddRange(compilation.GetDiagnostics()
            .Where(fault => fault.Severity == DiagnosticSeverity.Error && fault.Id != Obsolete)
            .Select(fault => fault.ToString()));
        foreach (var tree in compilation.SyntaxTrees)
            found.ReadFile(compilation.GetSemanticModel(tree));
        return found;
    }

    private static CSharpCompilation Compile(Assembly assembly, string folder, HashSet<string> hidden)
    {
        var name = assembly.GetName().Name!;
        var bin = new DirectoryInfo(AppContext.BaseDirectory);
        var built = Path.Combine(bin.Parent!.Parent!.Parent!.FullName, "obj", name, bin.Name);
        string[] files =
        [
            .. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Combine(built, "generated"), "*.cs", SearchOption.AllDirectories),
            Path.Combine(built, $"{name}.GlobalUsings.g.cs"),
        ];
        return CSharpCompilation.Create(
            name,
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)),
            References.Where(reference => !hidden.Contains(Path.GetFileNameWithoutExtension(reference.Display)!)),
            new CSharpCompilationOptions(assembly.EntryPoint is null ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    private void ReadFile(SemanticModel model)
    {
        var roots = model.SyntaxTree.GetRoot().DescendantNodes().Select(node => model.GetOperation(node)).OfType<IOperation>().Where(operation => operation.Parent is null);
        foreach (var operation in roots.SelectMany(root => root.DescendantsAndSelf()))
        {
            if (operation is IInterpolatedStringHandlerCreationOperation { Content: IInterpolatedStringOperation content } && IsText(operation.Type))
                Add(content);
            else if (operation is IConversionOperation { OperatorMethod: not null } conversion && IsText(conversion.Type))
                Add(conversion.Operand);
        }
    }

    private void Add(IInterpolatedStringOperation content)
    {
        var calls = content.Parts.OfType<IInterpolatedStringAppendOperation>().Select(part => (IInvocationOperation)part.AppendCall).ToList();
        var text = new LocalizedText(0, calls.Count);
        foreach (var call in calls)
        {
            var value = call.Arguments[0].Value;
            if (call.TargetMethod.Name == nameof(LocalizedText.AppendLiteral))
                text.AppendLiteral((string)value.ConstantValue.Value!);
            else
                text.AppendFormatted(0, call.Arguments[1].Value.ConstantValue.Value as string);
            if (call.TargetMethod.Name != nameof(LocalizedText.AppendLiteral) && Choices(value).Any(choice => choice is ILiteralOperation { ConstantValue.Value: string words } && words.Any(char.IsLetter)))
                Refuse(value, "is an English word in a text; make it a text of its own");
        }

        _keys.Add(text.Key);
    }

    private void Add(IOperation operand)
    {
        foreach (var choice in Choices(operand))
        {
            if (choice.ConstantValue is { HasValue: true, Value: var value })
            {
                if (value is string text)
                    _keys.Add(text);
            }
            else if (choice is not IThrowOperation && !IsText(choice.SemanticModel!.GetEnclosingSymbol(choice.Syntax.SpanStart)?.ContainingType))
            {
                Refuse(choice, "is a text that is known at run time only; write it in its place, or say that it is verbatim");
            }
        }
    }

    private static IEnumerable<IOperation> Choices(IOperation operation) => operation switch
    {
        { ConstantValue.HasValue: true } => [operation],
        IConditionalOperation { WhenFalse: not null } choice => Choices(choice.WhenTrue).Concat(Choices(choice.WhenFalse)),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Choices(arm.Value)),
        ICoalesceOperation choice => Choices(choice.Value).Concat(Choices(choice.WhenNull)),
        IConversionOperation { OperatorMethod: null } same => Choices(same.Operand),
        _ => [operation],
    };

    private static bool IsText(ITypeSymbol? type) => type?.Name == nameof(LocalizedText);

    private void Refuse(IOperation operation, string why)
    {
        var place = operation.Syntax.GetLocation().GetLineSpan();
        _faults.Add($"{place.Path}({place.StartLinePosition.Line + 1}): '{operation.Syntax}' {why}.");
    }
}
