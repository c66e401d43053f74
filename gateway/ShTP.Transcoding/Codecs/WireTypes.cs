using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>The low three bits of a tag. https://protobuf.dev/programming-guides/encoding/#structure</summary>
internal static class WireTypes
{
    internal const int Bits = 3;
    internal const uint Mask = 7;

    internal const uint Varint = 0;
    internal const uint Fixed64 = 1;
    internal const uint Delimited = 2;
    internal const uint StartGroup = 3;
    internal const uint EndGroup = 4;
    internal const uint Fixed32 = 5;

    internal static uint Of(FieldType type) => type switch
    {
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => Fixed32,
        FieldType.String or FieldType.Bytes or FieldType.Message => Delimited,
        FieldType.Group => StartGroup,
        _ => Varint,
    };
}
