using System.Collections.Frozen;
using System.Text;
using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>Everything that the codecs need about a message type, computed once from its descriptor and shared by all threads.</summary>
public sealed class MessagePlan
{
    private const int DenseNumbers = 256;
    private const int MostOneofs = 64;

    private readonly FieldPlan?[] _dense;
    private readonly FrozenDictionary<uint, FieldPlan> _sparse;
    private readonly Utf8Lookup<FieldPlan> _byName;
    private readonly byte[] _absent;
    private readonly int[] _absentStarts;

    internal MessagePlan(MessageDescriptor descriptor, PlanSet plans)
    {
        Descriptor = descriptor;
        Plans = plans;
        WellKnown = WellKnownTypes.Of(descriptor);
        // One bit per oneof in a 64-bit word marks the ones that were read.
        if (descriptor.RealOneofCount > MostOneofs)
            throw new NotSupportedException($"{descriptor.FullName}: more than {MostOneofs} oneofs are not supported.");
        FieldArray = [.. descriptor.Fields.InFieldNumberOrder().Select((field, index) => new FieldPlan(field, index, this))];
        foreach (var field in FieldArray)
            field.ResolveCleared(FieldArray);
        var largest = FieldArray.Length == 0 ? 0 : FieldArray[^1].Number;
        _dense = new FieldPlan?[Math.Min(largest + 1, DenseNumbers)];
        foreach (var field in FieldArray.Where(field => field.Number < _dense.Length))
            _dense[field.Number] = field;
        _sparse = FieldArray.Where(field => field.Number >= _dense.Length).ToFrozenDictionary(field => field.Number);
        // JSON names have priority over another field's proto name.
        var names = FieldArray.ToDictionary(field => field.Descriptor.Name);
        foreach (var field in FieldArray)
            names[field.JsonName] = field;
        _byName = new Utf8Lookup<FieldPlan>(names);
        _absent = [.. FieldArray.SelectMany(field => field.AbsentMember)];
        _absentStarts = new int[FieldArray.Length + 1];
        for (var i = 0; i < FieldArray.Length; i++)
            _absentStarts[i + 1] = _absentStarts[i] + FieldArray[i].AbsentMember.Length;
    }

    /// <summary>The message.</summary>
    public MessageDescriptor Descriptor { get; }

    /// <summary>Whether and how its JSON differs from an object of the fields.</summary>
    public WellKnownType WellKnown { get; }

    /// <summary>All fields by number.</summary>
    public IReadOnlyList<FieldPlan> Fields => FieldArray;

    internal FieldPlan[] FieldArray { get; }

    /// <summary>Where the types of Any are looked up.</summary>
    internal PlanSet Plans { get; }

    /// <summary>Number of 64-bit words with one bit per field.</summary>
    internal int FieldWords => (FieldArray.Length + 63) / 64;

    /// <summary>The plan of a message of ShTP's contract or of any other; types inside an Any are ShTP's.</summary>
    /// <exception cref="NotSupportedException">The message has a group or another part without a JSON form.</exception>
    public static MessagePlan For(MessageDescriptor descriptor) => PlanSet.ShTP.For(descriptor);

    /// <summary>The field with this JSON or proto name, or null.</summary>
    public FieldPlan? FindField(string name) => FindField(Encoding.UTF8.GetBytes(name));

    /// <summary>The field with this JSON or proto name in UTF-8, or null.</summary>
    public FieldPlan? FindField(ReadOnlySpan<byte> name) => _byName.TryFind(name, out var field) ? field : null;

    internal FieldPlan? FindField(uint number) => number < (uint)_dense.Length ? _dense[number] : _sparse.GetValueOrDefault(number);

    /// <summary>The JSON members for unset fields from <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    internal ReadOnlySpan<byte> Absent(int from, int to) => _absent.AsSpan(_absentStarts[from], _absentStarts[to] - _absentStarts[from]);
}
