using Grpc.Core;

namespace ShTP.Rpc.Errors;

/// <summary>Maps an exception of a library to a status, or returns null for an unknown one.</summary>
public sealed record FaultTranslation(Func<Exception, RpcException?> Translate);
