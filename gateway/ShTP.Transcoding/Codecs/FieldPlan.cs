using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;

namespace ShTP.Transcoding.Codecs;

/// <summary>Everything that the codecs need about one field, computed once.</summary>
public sealed class FieldPlan
{
    private MessagePlan? _message;

    internal FieldPlan(FieldDescriptor descriptor, int index, MessagePlan parent)
    {
        if (descriptor.FieldType == FieldType.Group)
            throw new NotSupportedException($"{descriptor.FullName}: groups (delimited encoding) are not supported.");
        Descriptor = descriptor;
        Parent = parent;
        Index = index;
        Number = (uint)descriptor.FieldNumber;
        Type = descriptor.FieldType;
        IsMap = descriptor.IsMap;
        IsRepeated = descriptor.IsRepeated;
        HasPresence = descriptor.HasPresence;
        OneofIndex = descriptor.RealContainingOneof?.Index ?? -1;
        WireType = WireTypes.Of(Type);
        // FieldDescriptor.IsPacked is true for repeated strings and messages too.
        IsPacked = IsRepeated && descriptor.IsPacked && WireType != WireTypes.Delimited;
        ElementTag = (Number << WireTypes.Bits) | WireType;
        Tag = IsPacked ? (Number << WireTypes.Bits) | WireTypes.Delimited : ElementTag;
        Enum = Type == FieldType.Enum ? new EnumPlan(descriptor.EnumType) : null;
        Member = [(byte)',', .. JsonText.Quote(descriptor.JsonName), (byte)':'];
        AbsentMember = AbsentValue() is { } value ? [.. Member, .. Encoding.UTF8.GetBytes(value)] : [];
    }

    /// <summary>The field.</summary>
    public FieldDescriptor Descriptor { get; }

    /// <summary>The message that has the field.</summary>
    public MessagePlan Parent { get; }

    /// <summary>The name in JSON.</summary>
    public string JsonName => Descriptor.JsonName;

    /// <summary>The scalar type, or message.</summary>
    public FieldType Type { get; }

    /// <summary>A list or a map.</summary>
    public bool IsRepeated { get; }

    /// <summary>A map; its entries are messages of key and value.</summary>
    public bool IsMap { get; }

    /// <summary>Whether set and default can be distinguished.</summary>
    public bool HasPresence { get; }

    /// <summary>The type of a message field; of a map field its entry.</summary>
    /// <exception cref="InvalidOperationException">The field is a scalar.</exception>
    public MessagePlan Message => _message ?? throw new InvalidOperationException($"{Descriptor.FullName} is not a message.");

    /// <summary>The type of an enum field, else null.</summary>
    public EnumPlan? Enum { get; }

    /// <summary>Place among the message's fields by number.</summary>
    internal int Index { get; }

    internal uint Number { get; }

    internal uint WireType { get; }

    /// <summary>The tag as written: of the packed run when the field is packed.</summary>
    internal uint Tag { get; }

    /// <summary>The tag of one element.</summary>
    internal uint ElementTag { get; }

    internal bool IsPacked { get; }

    /// <summary>The oneof that the field is a member of, or -1. Synthetic oneofs of <c>optional</c> do not count.</summary>
    internal int OneofIndex { get; }

    /// <summary>Comma, quoted name and colon.</summary>
    internal byte[] Member { get; }

    /// <summary>The JSON for an unset field; empty for a member of a oneof.</summary>
    internal byte[] AbsentMember { get; }

    /// <summary>A map's key.</summary>
    internal FieldPlan Key => Message.FieldArray[0];

    /// <summary>A map's value.</summary>
    internal FieldPlan Value => Message.FieldArray[1];

    /// <summary>JSON's null is a value of this field and not its absence.</summary>
    internal bool TakesNull { get; private set; }

    /// <summary>The list that names this field when JSON says that it has no value, or null: see the option <c>cleared_in</c>.</summary>
    internal FieldPlan? ClearedIn { get; private set; }

    /// <summary>Writes the field as tag, length and bytes of an encoded message, string or bytes value.</summary>
    public void AppendDelimited(ReadOnlySpan<byte> content, PooledBuffer output)
    {
        if (WireType != WireTypes.Delimited)
            throw new InvalidOperationException($"{Descriptor.FullName} is not length-delimited.");
        output.WriteVarint(ElementTag);
        output.WriteDelimited(content);
    }

    internal void Resolve(MessagePlan? type)
    {
        _message = type;
        TakesNull = Enum is { IsNullValue: true } || (!IsMap && type is { WellKnown: WellKnownType.Value });
    }

    internal void ResolveCleared(IReadOnlyList<FieldPlan> fields)
    {
        if (Descriptor.GetOptions()?.GetExtension(OptionsExtensions.ClearedIn) is not { Length: > 0 } name)
            return;
        ClearedIn = fields.SingleOrDefault(field => field.Descriptor.Name == name && field is { IsRepeated: true, Type: FieldType.String })
            ?? throw new NotSupportedException($"{Descriptor.FullName}: its cleared_in names no list of strings of the same message.");
    }

    private string? AbsentValue()
    {
        if (IsMap)
            return "{}";
        if (IsRepeated)
            return "[]";
        if (OneofIndex >= 0)
            return null;
        if (HasPresence)
            return "null";
        return DefaultJson();
    }

    /// <summary>The JSON of the type's zero value.</summary>
    internal string DefaultJson() => Type switch
    {
        FieldType.String or FieldType.Bytes => "\"\"",
        FieldType.Bool => "false",
        FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64 or FieldType.Fixed64 or FieldType.SFixed64 => "\"0\"",
        FieldType.Enum => Enum!.DefaultJson(),
        FieldType.Message => throw new InvalidOperationException($"{Descriptor.FullName} has no scalar default."),
        _ => "0",
    };
}
