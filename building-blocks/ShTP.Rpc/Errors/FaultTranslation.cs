using Grpc.Core;

namespace ShTP.Rpc.Errors;

/// <summary>Finds the status for an exception that some library throws, or null when it does not know it.</summary>
public sealed record FaultTranslation(Func<Exception, RpcException?> Translate);
