using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using ShTP.Api.V1;
using ShTP.Localization;
using ShTP.Protos;
using Xunit;

namespace ShTP.Architecture.Tests;

/// <summary>Every text that the code can give to people has a translation in each language, and no translation is left over.</summary>
public sealed partial class TranslationTests
{
    private const string Transcoding = "ShTP.Transcoding";

    private static readonly Assembly[] Projects =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "ShTP.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal))
            .Select(Assembly.Load)
            .Where(assembly => assembly == typeof(LocalizedText).Assembly || References(assembly).Any(name => name == typeof(LocalizedText).Assembly.GetName().Name)),
    ];

    private static readonly Dictionary<string, Lazy<TextKeys>> Keys = Projects.ToDictionary(
        NameOf, assembly => new Lazy<TextKeys>(() => TextKeys.Read(assembly, FolderOf(NameOf(assembly)), Projects.Except(Reachable(assembly)).Append(typeof(TextKeys).Assembly).Select(NameOf))));

    public static TheoryData<string> ProjectNames => [.. Projects.Select(NameOf)];

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Texts_AreKnownWhenTheCodeIsCompiled(string project) => Assert.Empty(Keys[project].Value.Faults);

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Texts_AreTranslated(string project)
    {
        var translated = Reachable(Assembly.Load(project)).SelectMany(assembly => TextsOf(assembly).Keys).ToHashSet();

        Assert.Equal([], KeysOf(project).Where(HasWords).Except(translated));
    }

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Translations_AreUsed(string project) => Assert.Empty(TextsOf(Assembly.Load(project)).Keys.Except(KeysOf(project)));

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Translations_HaveTheValuesOfTheText(string project) =>
        Assert.DoesNotContain(TextsOf(Assembly.Load(project)), text => !PlacesOf(text.Key).SetEquals(PlacesOf(text.Value)));

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Translations_AreRussian(string project) =>
        Assert.DoesNotContain(TextsOf(Assembly.Load(project)).Values, text => !Cyrillic().IsMatch(text));

    /// <summary>The program has one table of all its projects.</summary>
    [Fact]
    public void Translations_OfOneText_AreTheSame() =>
        Assert.DoesNotContain(Projects.SelectMany(TextsOf).GroupBy(text => text.Key, text => text.Value), texts => texts.Distinct().Count() > 1);

    [Fact]
    public void Texts_AreFound() => Assert.All(
        new[] { "ShTP.Rpc", Transcoding, "ShTP.Gateway", "ShTP.Auth", "ShTP.Users", "ShTP.Files", "ShTP.Assignments" }, project => Assert.True(KeysOf(project).Count > 5, project));

    private static string NameOf(Assembly assembly) => assembly.GetName().Name!;

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static HashSet<Assembly> Reachable(Assembly assembly)
    {
        var found = new HashSet<Assembly>();
        var open = new Stack<Assembly>([assembly]);
        while (open.TryPop(out var next))
        {
            if (found.Add(next))
                Projects.Where(project => References(next).Contains(NameOf(project))).ToList().ForEach(open.Push);
        }

        return found;
    }

    private static SortedSet<string> KeysOf(string project) =>
        new([.. Keys[project].Value.Keys, .. project == Transcoding ? TextsOfContract() : []], StringComparer.Ordinal);

    // The gateway says them where a file has a wrong name.
    private static IEnumerable<string> TextsOfContract() => Contract.ShTP.Methods
        .SelectMany(method => method.InputType.Fields.InDeclarationOrder())
        .Select(field => field.GetOptions()?.GetExtension(OptionsExtensions.Upload)?.ExtensionError)
        .OfType<string>().Where(text => text.Length > 0);

    private static Dictionary<string, string> TextsOf(Assembly assembly) =>
        new ResourceManager($"{NameOf(assembly)}.Texts", assembly).GetResourceSet(Languages.Russian, createIfNotExists: true, tryParents: false) is { } texts
            ? texts.Cast<System.Collections.DictionaryEntry>().ToDictionary(text => (string)text.Key, text => (string)text.Value!)
            : [];

    private static HashSet<string> PlacesOf(string text) => [.. Place().Matches(text).Select(match => match.Value)];

    // Without them it is made of other texts, such as "{0}: {1}".
    private static bool HasWords(string text) => Place().Replace(text, "").Any(char.IsLetter);

    private static string FolderOf(string project) =>
        Path.GetDirectoryName(Directory.EnumerateFiles(SourceTree.Root, $"{project}.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }).Single())!;

    [GeneratedRegex(@"(?<!\{)\{[0-9]+(?::[^}]*)?\}(?!\})")]
    private static partial Regex Place();

    [GeneratedRegex(@"\p{IsCyrillic}")]
    private static partial Regex Cyrillic();
}
