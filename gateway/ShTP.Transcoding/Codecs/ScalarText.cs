using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Writes wire values, without their tags, from text: JSON tokens, JSON strings, parts of paths and queries. Each
/// method returns null on success, otherwise a phrase with the expected form.
/// </summary>
internal static class ScalarText
{
    /// <summary>Texts of true and false as the old API understood them, compared without case.</summary>
    private static readonly Dictionary<string, bool> Booleans = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true,
        ["false"] = false,
        ["1"] = true,
        ["0"] = false,
        ["t"] = true,
        ["f"] = false,
        ["yes"] = true,
        ["no"] = false,
        ["y"] = true,
        ["n"] = false,
        ["on"] = true,
        ["off"] = false,
    };

    /// <summary>A number in JSON's grammar, for a field of a numeric type.</summary>
    internal static LocalizedText? WriteNumber(ReadOnlySpan<byte> number, FieldType type, PooledBuffer output)
    {
        switch (type)
        {
            case FieldType.Double:
                if (!NumberText.TryDouble(number, out var wide))
                    return "is too large for a number";
                output.WriteFixed64(BitConverter.DoubleToUInt64Bits(wide));
                return null;
            case FieldType.Float:
                if (!NumberText.TryFloat(number, out var narrow))
                    return "is too large for a 32-bit number";
                output.WriteFixed32(BitConverter.SingleToUInt32Bits(narrow));
                return null;
            default:
                return WriteInteger(number, type, output);
        }
    }

    /// <summary>A number as text; NaN and the infinities too where the type has them.</summary>
    internal static LocalizedText? WriteNumberText(ReadOnlySpan<byte> text, FieldType type, PooledBuffer output)
    {
        if (!text.IsEmpty && NumberText.Measure(text) == text.Length)
            return WriteNumber(text, type, output);
        double special;
        if (text.SequenceEqual("NaN"u8))
            special = double.NaN;
        else if (text.SequenceEqual("Infinity"u8))
            special = double.PositiveInfinity;
        else if (text.SequenceEqual("-Infinity"u8))
            special = double.NegativeInfinity;
        else
            return Expected(type);
        if (type == FieldType.Double)
            output.WriteFixed64(BitConverter.DoubleToUInt64Bits(special));
        else if (type == FieldType.Float)
            output.WriteFixed32(BitConverter.SingleToUInt32Bits((float)special));
        else
            return Expected(type);
        return null;
    }

    /// <summary>A part of a path, a query value or a map's key: any scalar, enum, or message that is spelled as one text.</summary>
    internal static LocalizedText? WriteText(ReadOnlySpan<byte> text, FieldPlan field, PooledBuffer output)
    {
        switch (field.Type)
        {
            case FieldType.String:
                output.WriteDelimited(text);
                return null;
            case FieldType.Bool:
                if (!Booleans.TryGetValue(Encoding.UTF8.GetString(text), out var truth))
                    return Expected(FieldType.Bool);
                output.WriteByte(truth ? (byte)1 : (byte)0);
                return null;
            case FieldType.Bytes:
                return Base64Text.TryWriteDelimited(text, output) ? null : Base64Text.Expected;
            case FieldType.Enum:
                return WriteEnumText(text, field.Enum!, output);
            case FieldType.Message when field.Message.WellKnown == WellKnownType.Wrapper:
                return WriteWrapperText(text, field.Message.FieldArray[0], output);
            case FieldType.Message:
                var start = output.OpenLength();
                if (WriteMessageText(text, field.Message.WellKnown, output) is { } fault)
                    return fault;
                output.CloseLength(start);
                return null;
            default:
                return WriteNumberText(text, field.Type, output);
        }
    }

    /// <summary>The content of a message that JSON spells as one string: a time, a duration, a field mask.</summary>
    internal static LocalizedText? WriteMessageText(ReadOnlySpan<byte> text, WellKnownType type, PooledBuffer output)
    {
        long seconds;
        int nanos;
        switch (type)
        {
            case WellKnownType.Timestamp:
                if (!TimestampText.TryParse(text, out seconds, out nanos))
                    return TimestampText.Expected;
                break;
            case WellKnownType.Duration:
                if (!DurationText.TryParse(text, out seconds, out nanos))
                    return DurationText.Expected;
                break;
            case WellKnownType.FieldMask:
                return FieldMaskText.TryWriteWire(text, output) ? null : FieldMaskText.Expected;
            default:
                return "cannot be given as text";
        }

        if (seconds != 0)
        {
            output.WriteVarint((1 << WireTypes.Bits) | WireTypes.Varint);
            output.WriteVarint((ulong)seconds);
        }

        if (nanos != 0)
        {
            output.WriteVarint((2 << WireTypes.Bits) | WireTypes.Varint);
            output.WriteVarint((ulong)nanos);
        }

        return null;
    }

    /// <summary>The expected form of a value of the type.</summary>
    internal static LocalizedText Expected(FieldType type) => type switch
    {
        FieldType.String => "must be a string",
        FieldType.Bool => "must be true or false",
        FieldType.Bytes => Base64Text.Expected,
        FieldType.Double or FieldType.Float => "must be a number",
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => "must be a whole number between -2147483648 and 2147483647",
        FieldType.UInt32 or FieldType.Fixed32 => "must be a whole number between 0 and 4294967295",
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => "must be a whole number between -9223372036854775808 and 9223372036854775807",
        FieldType.UInt64 or FieldType.Fixed64 => "must be a whole number between 0 and 18446744073709551615",
        _ => "must be an object",
    };

    internal static LocalizedText Expected(EnumPlan type) => $"must be one of {type.Choices}";

    private static LocalizedText? WriteWrapperText(ReadOnlySpan<byte> text, FieldPlan value, PooledBuffer output)
    {
        var start = output.OpenLength();
        output.WriteVarint(value.ElementTag);
        if (WriteText(text, value, output) is { } fault)
            return fault;
        output.CloseLength(start);
        return null;
    }

    private static LocalizedText? WriteEnumText(ReadOnlySpan<byte> text, EnumPlan type, PooledBuffer output)
    {
        if (!type.TryParse(text, out var number))
        {
            if (NumberText.Measure(text) != text.Length || text.IsEmpty || !TryInt32(text, out number) || !type.IsKnown(number))
                return Expected(type);
        }

        output.WriteVarint((ulong)number);
        return null;
    }

    internal static bool TryInt32(ReadOnlySpan<byte> number, out int value)
    {
        value = 0;
        if (!NumberText.TryInteger(number, out var negative, out var magnitude) || magnitude > int.MaxValue + (negative ? 1ul : 0))
            return false;
        value = negative ? (int)-(long)magnitude : (int)magnitude;
        return true;
    }

    private static LocalizedText? WriteInteger(ReadOnlySpan<byte> number, FieldType type, PooledBuffer output)
    {
        if (!NumberText.TryInteger(number, out var negative, out var magnitude))
            return Expected(type);
        var (most, least) = type switch
        {
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => ((ulong)int.MaxValue, (ulong)int.MaxValue + 1),
            FieldType.UInt32 or FieldType.Fixed32 => (uint.MaxValue, 0ul),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => ((ulong)long.MaxValue, (ulong)long.MaxValue + 1),
            _ => (ulong.MaxValue, 0ul),
        };
        if (magnitude > (negative ? least : most))
            return Expected(type);
        var value = negative ? 0 - magnitude : magnitude;
        switch (type)
        {
            case FieldType.SInt32 or FieldType.SInt64:
                output.WriteVarint((value << 1) ^ (ulong)((long)value >> 63));
                break;
            case FieldType.Fixed32 or FieldType.SFixed32:
                output.WriteFixed32((uint)value);
                break;
            case FieldType.Fixed64 or FieldType.SFixed64:
                output.WriteFixed64(value);
                break;
            default:
                output.WriteVarint(value);
                break;
        }

        return null;
    }
}
