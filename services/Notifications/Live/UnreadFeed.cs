using ShTP.Notifications.V1;
using ShTP.Rpc.Streams;

namespace ShTP.Notifications.Live;

/// <summary>
/// Reports to Users who may have something unread now. A heartbeat is sent only after the database responded on the listening
/// connection. When that is lost all streams end, and Users asks again for everybody.
/// </summary>
internal sealed class UnreadFeed() : MessageFeed<WatchUnreadResponse>(1000, "Unread notifications cannot be followed at the moment, start over");
