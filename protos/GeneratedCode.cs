using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Google.Rpc;

namespace ShTP.Protos;

/// <summary>
/// Creates all generated descriptors before other code of this assembly runs. Google.Protobuf stores the extensions of
/// each in one dictionary without a lock (https://github.com/protocolbuffers/protobuf/issues/29696). Created by two
/// concurrent first requests, a descriptor could fail, and with it every later use of its messages.
/// </summary>
internal static class GeneratedCode
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whoever uses the messages must not have to know.")]
    internal static void MakeDescriptors()
    {
        RuntimeHelpers.RunClassConstructor(typeof(StatusReflection).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(ErrorDetailsReflection).TypeHandle);
        foreach (var type in typeof(GeneratedCode).Assembly.GetExportedTypes())
        {
            if (type.IsAbstract && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
    }
}
