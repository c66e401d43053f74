using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ShTP.Kitchen.V1;

namespace ShTP.Gateway.Tests.Codecs;

/// <summary>Messages with every kind of field, the same for the same seed.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Texts =
        ["", "a", "Привет", "quo\"te\\", "line\nbreak\t\r\b\f\u0001\u007f", "😀 emoji", "</script>", "\u2028", new('x', 200), "null", "1"];

    private static readonly int[] Edges = [0, 1, -1, 127, 128, int.MaxValue, int.MinValue];

    private readonly Random _random = new(seed);

    internal Kitchen.V1.Kitchen Kitchen(int depth = 3)
    {
        var message = new Kitchen.V1.Kitchen();
        Fill(message, depth, chance: _random.NextDouble());
        return message;
    }

    private void Fill(IMessage message, int depth, double chance)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (_random.NextDouble() > chance)
                continue;
            if (field.IsMap)
            {
                var map = (IDictionary)field.Accessor.GetValue(message);
                for (var count = _random.Next(4); count > 0; count--)
                {
                    if (Value(field.MessageType.FindFieldByNumber(2), depth) is { } value)
                        map[Value(field.MessageType.FindFieldByNumber(1), depth)!] = value;
                }
            }
            else if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var count = _random.Next(5); count > 0; count--)
                {
                    if (Value(field, depth) is { } value)
                        list.Add(value);
                }
            }
            else if (Value(field, depth) is { } value)
            {
                field.Accessor.SetValue(message, value);
            }
        }
    }

    private object? Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Int(),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Int(),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Long(),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Long(),
        FieldType.Float => _random.Next(4) == 0 ? float.NaN : (float)Number(),
        FieldType.Double => Number(),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.String => Texts[_random.Next(Texts.Length)],
        FieldType.Bytes => ByteString.CopyFrom(Bytes()),
        FieldType.Enum => System.Enum.ToObject(typeof(Taste), _random.Next(-1, 3)),
        _ => depth == 0 ? null : Message(field.MessageType, depth - 1),
    };

    private object? Message(MessageDescriptor type, int depth)
    {
        switch (type.Name)
        {
            case "Kitchen":
                var nested = new Kitchen.V1.Kitchen();
                Fill(nested, depth, 0.2);
                return nested;
            case "Timestamp":
                return new Timestamp { Seconds = _random.NextInt64(-62135596800, 253402300800), Nanos = _random.Next(1_000_000) * 1000 };
            case "Duration":
                return new Duration { Seconds = _random.NextInt64(0, 315576000000), Nanos = _random.Next(1_000_000_000) };
            case "Struct":
                return Struct(depth);
            case "Value":
                return Json(depth);
            case "ListValue":
                return List(depth);
            case "FieldMask":
                return new FieldMask { Paths = { "a_b.c", "foo" } };
            case "Empty":
                return new Empty();
            case "Any":
                return null;
            case "Int64Value":
                return Long();
            case "StringValue":
                return Texts[_random.Next(Texts.Length)];
            case "BoolValue":
                return _random.Next(2) == 0;
            case "DoubleValue":
                return Number();
            default:
                return ByteString.CopyFrom(Bytes());
        }
    }

    private Struct Struct(int depth)
    {
        var result = new Struct();
        for (var count = _random.Next(4); count > 0; count--)
            result.Fields[Texts[_random.Next(1, Texts.Length)]] = Json(depth - 1);
        return result;
    }

    private ListValue List(int depth)
    {
        var result = new ListValue();
        for (var count = _random.Next(4); count > 0; count--)
            result.Values.Add(Json(depth - 1));
        return result;
    }

    private Value Json(int depth) => _random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => Google.Protobuf.WellKnownTypes.Value.ForNull(),
        1 => Google.Protobuf.WellKnownTypes.Value.ForNumber(_random.NextDouble() * 1e6),
        2 => Google.Protobuf.WellKnownTypes.Value.ForString(Texts[_random.Next(Texts.Length)]),
        3 => Google.Protobuf.WellKnownTypes.Value.ForBool(_random.Next(2) == 0),
        4 => new Value { StructValue = Struct(depth) },
        _ => new Value { ListValue = List(depth) },
    };

    private int Int() => _random.Next(2) == 0 ? Edges[_random.Next(Edges.Length)] : _random.Next(int.MinValue, int.MaxValue);

    private long Long() => _random.Next(3) switch
    {
        0 => Edges[_random.Next(Edges.Length)],
        1 => _random.Next(2) == 0 ? long.MaxValue : long.MinValue,
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };

    private double Number() => _random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        // Not -0.0: Google's serializer drops its sign.
        3 => 0.5,
        4 => _random.Next(1000),
        _ => (_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-30, 30)),
    };

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(20)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
