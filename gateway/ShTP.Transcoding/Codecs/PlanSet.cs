using System.Collections.Concurrent;
using Google.Protobuf.Reflection;
using ShTP.Protos;

namespace ShTP.Transcoding.Codecs;

/// <summary>The plans of a contract's messages. A plan is published with everything that it refers to, so that readers never wait.</summary>
public sealed class PlanSet
{
    private readonly ConcurrentDictionary<MessageDescriptor, MessagePlan> _plans = new();
    private readonly Dictionary<string, MessageDescriptor> _types = [];
    private readonly Lock _building = new();

    /// <summary>Adds the types that are allowed inside a google.protobuf.Any.</summary>
    public PlanSet(IEnumerable<FileDescriptor> files)
    {
        var pending = new Stack<MessageDescriptor>(files.SelectMany(file => file.MessageTypes));
        while (pending.TryPop(out var type))
        {
            _types.TryAdd(type.FullName, type);
            foreach (var nested in type.NestedTypes)
                pending.Push(nested);
        }
    }

    /// <summary>The plans of ShTP's own contract.</summary>
    public static PlanSet ShTP { get; } = new(Contract.ShTP.Files);

    /// <summary>The plan of a message, created on first use.</summary>
    /// <exception cref="NotSupportedException">The message, or one that it refers to, has no JSON form.</exception>
    public MessagePlan For(MessageDescriptor descriptor) => _plans.TryGetValue(descriptor, out var plan) ? plan : Build(descriptor);

    /// <summary>The type of the URL of an Any, or null when the contract does not have it.</summary>
    internal MessagePlan? Find(string typeUrl)
    {
        var slash = typeUrl.LastIndexOf('/');
        return slash >= 0 && _types.TryGetValue(typeUrl[(slash + 1)..], out var type) ? For(type) : null;
    }

    private MessagePlan Build(MessageDescriptor root)
    {
        lock (_building)
        {
            var made = new Dictionary<MessageDescriptor, MessagePlan>();
            var pending = new Stack<FieldPlan>();
            var result = Get(root);
            while (pending.TryPop(out var field))
                field.Resolve(field.Type == FieldType.Message ? Get(field.Descriptor.MessageType) : null);
            foreach (var (descriptor, plan) in made)
                _plans.TryAdd(descriptor, plan);
            return result;

            MessagePlan Get(MessageDescriptor descriptor)
            {
                if (_plans.TryGetValue(descriptor, out var known) || made.TryGetValue(descriptor, out known))
                    return known;
                var plan = new MessagePlan(descriptor, this);
                made.Add(descriptor, plan);
                foreach (var field in plan.FieldArray)
                    pending.Push(field);
                return plan;
            }
        }
    }
}
