using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using Google.Protobuf.Reflection;
using ShTP.Notifications.V1;
using ShTP.Protos;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class GeneratedCodeTests
{
    [Fact]
    public void Messages_FirstUse_MakesAllDescriptorsAtOnce()
    {
        var fresh = new FreshAssemblies();
        var contracts = fresh.LoadFromAssemblyName(typeof(Contract).Assembly.GetName());
        var known = KnownExtensions(fresh.LoadFromAssemblyName(typeof(FileDescriptor).Assembly.GetName()));
        Assert.Empty(known);

        Activator.CreateInstance(contracts.GetType(typeof(HasUnreadRequest).FullName!)!);

        var first = known.Count;
        Assert.True(first > 0);
        foreach (var file in contracts.GetExportedTypes().Where(type => type.IsAbstract && type.Name.EndsWith("Reflection", StringComparison.Ordinal)))
            Assert.NotNull(file.GetProperty("Descriptor")!.GetValue(null));
        Assert.Equal(first, known.Count);
        fresh.Unload();
    }

    // What two threads must not fill at once. When the library has no such field any more, GeneratedCode may go.
    private static ICollection KnownExtensions(Assembly library) => (ICollection)library.GetType(typeof(FileDescriptor).FullName!)!
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
        .Single(field => field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        .GetValue(null)!;

    /// <summary>Generated code and its library as a process has them that has not used them yet.</summary>
    private sealed class FreshAssemblies() : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Join(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
            return assemblyName.Name is "ShTP.Protos" || assemblyName.Name!.StartsWith("Google.", StringComparison.Ordinal) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
