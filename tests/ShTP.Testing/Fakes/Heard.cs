using System.Collections;
using Grpc.Core;
using ShTP.Data.Outbox;

namespace ShTP.Testing.Fakes;

/// <summary>What a fake was told, in order. A message of an outbox that comes again is kept once, as a service applies it once.</summary>
public sealed class Heard<T> : IEnumerable<T>
{
    private const int Max = 100_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _messages = [];
    private readonly List<T> _all = [];

    public IEnumerator<T> GetEnumerator()
    {
        lock (_lock)
            return ((IEnumerable<T>)_all.ToArray()).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(ServerCallContext context, params IEnumerable<T> told)
    {
        lock (_lock)
        {
            if (_all.Count >= Max)
                throw new InvalidOperationException($"A fake remembers at most {Max} messages.");
            if (context.RequestHeaders.GetValue(OutboxExtensions.MessageIdHeader) is not { } message || _messages.Add(message))
                _all.AddRange(told);
        }
    }
}
