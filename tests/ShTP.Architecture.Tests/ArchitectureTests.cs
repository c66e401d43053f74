using System.Reflection;
using Microsoft.EntityFrameworkCore;
using ShTP.Protos;
using Xunit;

namespace ShTP.Architecture.Tests;

/// <summary>The rules of docs/architecture.md that a compiler does not check. Services are found, not listed: a new one is under them at once.</summary>
public sealed class ArchitectureTests
{
    private const string GatewayName = "ShTP.Gateway";
    private const string DefaultsName = "ShTP.ServiceDefaults";
    private const string ProtosName = "ShTP.Protos";

    private static readonly string[] VagueNames = ["Extensions", "Helper", "Helpers", "Manager", "Util", "Utils", "Utilities", "Common"];

    private static readonly Assembly[] Services =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "ShTP.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name is not (GatewayName or DefaultsName or ProtosName) && !name.EndsWith(".Tests", StringComparison.Ordinal))
            .Select(Assembly.Load)
            .Where(assembly => assembly.EntryPoint is not null),
    ];

    private static Assembly Gateway => Assembly.Load(GatewayName);

    public static TheoryData<string> ServiceNames => [.. Services.Select(service => service.GetName().Name!)];

    [Fact]
    public void Services_AreFound() =>
        Assert.Superset(new HashSet<string> { "ShTP.Auth", "ShTP.Users", "ShTP.Files" }, Services.Select(s => s.GetName().Name!).ToHashSet());

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void Service_ReferencesNoOtherService(string name) =>
        Assert.Empty(Ours(Assembly.Load(name)).Except([ProtosName, DefaultsName]));

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
            .Select(GrpcBase).OfType<Type>().Select(ServiceName).ToHashSet();
        var contracted = Contract.ShTP.Files.SelectMany(file => file.Services).Select(service => service.FullName);

        Assert.Empty(contracted.Except(implemented));
    }

    [Fact]
    public void Gateway_KnowsNoServiceAndNoDatabase()
    {
        Assert.Empty(Ours(Gateway).Except([ProtosName, DefaultsName]));
        Assert.DoesNotContain(Gateway.GetReferencedAssemblies(), reference =>
            reference.Name!.Contains("EntityFrameworkCore", StringComparison.Ordinal) || reference.Name == "Npgsql");
    }

    [Fact]
    public void Protos_DependOnNothingOfOurs() => Assert.Empty(Ours(typeof(Contract).Assembly));

    [Fact]
    public void Types_SayWhatTheyAre() =>
        Assert.DoesNotContain(
            Services.Append(Gateway).Append(Assembly.Load(DefaultsName)).SelectMany(assembly => assembly.GetTypes()),
            type => VagueNames.Contains(type.Name));

    private static IEnumerable<string> Ours(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("ShTP.", StringComparison.Ordinal));

    /// <summary>The generated base class that a gRPC class extends, or null.</summary>
    private static Type? GrpcBase(Type type) =>
        type.BaseType is { IsNested: true } generated && generated.Assembly == typeof(Contract).Assembly ? generated : null;

    private static string ServiceName(Type generatedBase) =>
        ((Google.Protobuf.Reflection.ServiceDescriptor)generatedBase.DeclaringType!.GetProperty("Descriptor")!.GetValue(null)!).FullName;
}
