using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>The types of google.protobuf that have a JSON form of their own.</summary>
public enum WellKnownType : byte
{
    /// <summary>An ordinary message: a JSON object.</summary>
    None,

    /// <summary>A string: naive UTC with six fraction digits.</summary>
    Timestamp,

    /// <summary>A string such as <c>1.5s</c>.</summary>
    Duration,

    /// <summary>A string of comma-separated paths.</summary>
    FieldMask,

    /// <summary>Any JSON object.</summary>
    Struct,

    /// <summary>Any JSON value.</summary>
    Value,

    /// <summary>Any JSON array.</summary>
    ListValue,

    /// <summary>The wrapped scalar itself.</summary>
    Wrapper,

    /// <summary>An object with the type in <c>@type</c>.</summary>
    Any,

    /// <summary>An empty object.</summary>
    Empty,
}

internal static class WellKnownTypes
{
    internal static WellKnownType Of(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Timestamp" => WellKnownType.Timestamp,
        "google.protobuf.Duration" => WellKnownType.Duration,
        "google.protobuf.FieldMask" => WellKnownType.FieldMask,
        "google.protobuf.Struct" => WellKnownType.Struct,
        "google.protobuf.Value" => WellKnownType.Value,
        "google.protobuf.ListValue" => WellKnownType.ListValue,
        "google.protobuf.Any" => WellKnownType.Any,
        "google.protobuf.Empty" => WellKnownType.Empty,
        "google.protobuf.DoubleValue" or "google.protobuf.FloatValue" or "google.protobuf.Int64Value"
            or "google.protobuf.UInt64Value" or "google.protobuf.Int32Value" or "google.protobuf.UInt32Value"
            or "google.protobuf.BoolValue" or "google.protobuf.StringValue" or "google.protobuf.BytesValue" => WellKnownType.Wrapper,
        _ => WellKnownType.None,
    };
}
