using ShTP.Rpc.Streams;

namespace ShTP.Auth.Sessions;

/// <summary>
/// Publishes what <see cref="DatabaseSignals"/> receives to every open stream. A heartbeat is sent only after the
/// database responded on the listening connection, which proves that no notification was missed. When that connection
/// is lost all streams end, and their clients reconnect for a new snapshot. A subscription must be made before the
/// snapshot is read, otherwise commits in between are lost.
/// </summary>
internal sealed class RevocationFeed() : MessageFeed<V1.WatchRevocationsResponse>(10_000, "Revocations cannot be followed at the moment, start over");
