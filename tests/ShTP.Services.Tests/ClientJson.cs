using System.Buffers;
using System.Text;
using Google.Protobuf;
using ShTP.Transcoding.Codecs;

namespace ShTP.Services.Tests;

/// <summary>Requests as clients send them, read as the gateway reads them.</summary>
internal static class ClientJson
{
    public static T Parse<T>(string json)
        where T : IMessage<T>, new()
    {
        var wire = new ArrayBufferWriter<byte>();
        var message = new T();
        JsonToWire.Convert(Encoding.UTF8.GetBytes(json), MessagePlan.For(message.Descriptor), wire);
        message.MergeFrom(wire.WrittenSpan.ToArray());
        return message;
    }
}
