using System.Reflection;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Microsoft.EntityFrameworkCore;
using ShTP.Protos;
using Xunit;

namespace ShTP.Architecture.Tests;

/// <summary>The rules of docs/architecture.md that a compiler does not check. Services are found, not listed: a new one is under them at once.</summary>
public sealed class ArchitectureTests
{
    private const string GatewayName = "ShTP.Gateway";
    private const string ProtosName = "ShTP.Protos";
    private const string RpcName = "ShTP.Rpc";
    private const string DefaultsName = "ShTP.ServiceDefaults";
    private const string LocalizationName = "ShTP.Localization";

    // Each may know what stands behind it, and no more; services know the building blocks, and nobody knows a service.
    private static readonly Dictionary<string, string[]> Libraries = new()
    {
        [ProtosName] = [],
        [DefaultsName] = [],
        [LocalizationName] = [],
        ["ShTP.Functions"] = [LocalizationName],
        ["ShTP.LocalPostgres"] = [],
        ["ShTP.AuditChain"] = [],
        ["ShTP.Invariants"] = ["ShTP.AuditChain"],
        [RpcName] = [DefaultsName, LocalizationName, ProtosName],
        ["ShTP.Html"] = [LocalizationName, RpcName],
        ["ShTP.Data"] = ["ShTP.AuditChain", DefaultsName, LocalizationName, ProtosName, RpcName],
        ["ShTP.OldSystem"] = ["ShTP.Data", LocalizationName, ProtosName, RpcName],
        ["ShTP.Transcoding"] = [LocalizationName, ProtosName],
    };

    private static readonly string[] VagueNames = ["Extensions", "Helper", "Helpers", "Manager", "Util", "Utils", "Utilities", "Common"];

    private static readonly Assembly[] Services =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "ShTP.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name != GatewayName && !name.EndsWith(".Tests", StringComparison.Ordinal))
            .Select(Assembly.Load)
            .Where(assembly => assembly.EntryPoint is not null),
    ];

    private static Assembly Gateway => Assembly.Load(GatewayName);

    public static TheoryData<string> LibraryNames => [.. Libraries.Keys];

    public static TheoryData<string> RoomedNames => [.. Libraries.Keys.Except([ProtosName]), GatewayName, .. Services.Select(service => service.GetName().Name!)];

    public static TheoryData<string> ServiceNames => [.. Services.Select(service => service.GetName().Name!)];

    [Fact]
    public void Services_AreFound() =>
        Assert.Superset(new HashSet<string> { "ShTP.Auth", "ShTP.Users", "ShTP.Files" }, Services.Select(s => s.GetName().Name!).ToHashSet());

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void Service_ReferencesNoOtherService(string name) =>
        Assert.Empty(Ours(Assembly.Load(name)).Except(Libraries.Keys).Except(["ShTP.Transcoding", "ShTP.LocalPostgres"]));

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Library_KnowsOnlyWhatStandsBehindIt(string name) =>
        Assert.Empty(Ours(Assembly.Load(name)).Except(Libraries[name]));

    /// <summary>A room is a folder of a project, which is a namespace: to be read for itself, it must not need what needs it.</summary>
    [Theory]
    [MemberData(nameof(RoomedNames))]
    public void Rooms_FormNoCircle(string name) =>
        SliceRuleDefinition.Slices().Matching($"{name}.(*)").Should().BeFreeOfCycles().Check(new ArchLoader().LoadAssembly(Assembly.Load(name)).Build());

    /// <summary>What the process ships, also through others: a library that it does not need is start-up time, memory and a place for holes.</summary>
    [Theory]
    [InlineData(GatewayName)]
    [InlineData("ShTP.Checker")]
    public void Output_HasNoDatabaseLibrary(string name)
    {
        var bin = new DirectoryInfo(AppContext.BaseDirectory);
        var dependencies = File.ReadAllText(Path.Combine(bin.Parent!.Parent!.FullName, name, bin.Name, $"{name}.deps.json"));

        Assert.Contains("Grpc.Net.Client", dependencies, StringComparison.Ordinal);
        foreach (var unwanted in new[] { "EntityFrameworkCore", "Npgsql", "AngleSharp" })
            Assert.DoesNotContain(unwanted, dependencies, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void Service_HasAtMostOneDatabase(string name) =>
        Assert.True(Assembly.Load(name).GetTypes().Count(type => type.IsSubclassOf(typeof(DbContext))) <= 1);

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void GrpcClass_IsSealedAndImplementsItsOwnArea(string name)
    {
        var area = name.Split('.')[1].ToLowerInvariant();
        var classes = Assembly.Load(name).GetTypes().Where(type => GrpcBase(type) is not null).ToArray();

        // The checker calls and is never called.
        Assert.Equal(name == "ShTP.Checker", classes.Length == 0);
        Assert.All(classes, type =>
        {
            Assert.True(type.IsSealed, $"{type} must be sealed");
            Assert.EndsWith("Service", type.Name, StringComparison.Ordinal);
            Assert.StartsWith($"shtp.{area}.", ServiceName(GrpcBase(type)!), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void EveryContractedService_IsImplementedByItsArea()
    {
        var implemented = Services.SelectMany(service => service.GetTypes())
            .Select(GrpcBase).OfType<System.Type>().Select(ServiceName).ToHashSet();
        var contracted = Contract.ShTP.Files.SelectMany(file => file.Services).Select(service => service.FullName);

        Assert.Empty(contracted.Except(implemented));
    }

    [Fact]
    public void Gateway_KnowsNoService() =>
        Assert.Empty(Ours(Gateway).Except([ProtosName, DefaultsName, LocalizationName, RpcName, "ShTP.Transcoding"]));

    [Fact]
    public void Types_SayWhatTheyAre() =>
        Assert.DoesNotContain(
            Services.Append(Gateway).Concat(Libraries.Keys.Select(Assembly.Load)).SelectMany(assembly => assembly.GetTypes()),
            type => VagueNames.Contains(type.Name));

    private static IEnumerable<string> Ours(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("ShTP.", StringComparison.Ordinal));

    /// <summary>The generated base class that a gRPC class extends, or null.</summary>
    private static System.Type? GrpcBase(System.Type type) =>
        type.BaseType is { IsNested: true } generated && generated.Assembly == typeof(Contract).Assembly ? generated : null;

    private static string ServiceName(System.Type generatedBase) =>
        ((Google.Protobuf.Reflection.ServiceDescriptor)generatedBase.DeclaringType!.GetProperty("Descriptor")!.GetValue(null)!).FullName;
}
