using System.Text;
using Google.Protobuf;
using ShTP.Gateway.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

public sealed class DifferentialTests
{
    private const int Messages = 1500;

    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    [Fact]
    public void WireToJson_RandomMessage_EqualsGooglesJsonWithOurDifferences()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = new RandomMessages(seed).Kitchen();
            using var json = new PooledBuffer();
            WireToJson.Convert(message.ToByteArray(), Plan, json);
            Oracle.AssertSame(Oracle.Expected(message), Oracle.Normal(json.WrittenSpan), seed);
        }
    }

    [Fact]
    public void WireToJson_FieldsSplitAndOutOfOrder_EqualsTheMergedMessage()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var random = new RandomMessages(seed);
            byte[] wire = [.. random.Kitchen().ToByteArray(), .. random.Kitchen().ToByteArray(), .. random.Kitchen().ToByteArray()];
            var merged = Kitchen.V1.Kitchen.Parser.ParseFrom(wire);
            using var json = new PooledBuffer();
            WireToJson.Convert(wire, Plan, json);
            Oracle.AssertSame(FuzzTests.WithoutWrappers(Oracle.Expected(merged)), FuzzTests.WithoutWrappers(Oracle.Normal(json.WrittenSpan)), seed);
        }
    }

    [Fact]
    public void JsonToWire_OwnJson_GivesTheMessageBack()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            // Google does not send the sign of a zero.
            var message = Kitchen.V1.Kitchen.Parser.ParseFrom(new RandomMessages(seed).Kitchen().ToByteArray());
            using var json = new PooledBuffer();
            WireToJson.Convert(message.ToByteArray(), Plan, json);
            using var wire = new PooledBuffer();
            JsonToWire.Convert(json.WrittenSpan, Plan, wire);
            // Unset and null are one in JSON for a Value; Google keeps the difference.
            Assert.True(message.Equals(Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan)) || message.ToString().Contains("null", StringComparison.Ordinal) || Encoding.UTF8.GetString(json.WrittenSpan).Contains("\"value\":null", StringComparison.Ordinal), $"seed {seed}\n{message}");
        }
    }

    [Fact]
    public void JsonToWire_GooglesJson_EqualsGooglesParser()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = new RandomMessages(seed).Kitchen();
            var json = JsonFormatter.Default.Format(message);
            using var wire = new PooledBuffer();
            JsonToWire.Convert(Encoding.UTF8.GetBytes(json), Plan, wire);
            Assert.True(JsonParser.Default.Parse<Kitchen.V1.Kitchen>(json).Equals(Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan)), $"seed {seed}\n{json}");
        }
    }
}
