using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

public sealed partial class FuzzTests
{
    private const int Inputs = 40_000;

    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);
    private static readonly byte[][] Pieces = [.. new[] { "null", "1e400", "\"NaN\"", "{", "}", "[[[[", "\\ud800", "\"\\u0000\"", "-", "0", "1.0", ",", ":", "\"aInt32\":", "\"choiceInt\":1,", "true", "\uFEFF", " " }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void JsonToWire_MutatedJson_MeansWhatGoogleSaysButForTheDeclaredDifferences()
    {
        var accepted = 0;
        var undeclared = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Inputs; seed++)
        {
            var json = Mutate(Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(new RandomMessages(seed % 300).Kitchen(depth: 1))), new Random(seed));
            var (ours, fault) = Ours(json, seed);
            if (ours is not null)
                accepted++;
            if (JsonDifferences.Find(json, ours, fault) is { } difference)
                undeclared.TryAdd(difference, $"seed {seed}: {Encoding.UTF8.GetString(json)}");
        }

        Assert.True(undeclared.Count == 0, string.Join("\n\n", undeclared.Select(found => $"{found.Key}\n{found.Value}")));
        Assert.True(accepted > Inputs / 20, $"{accepted} accepted");
    }

    [Fact]
    public void WireToJson_MutatedWire_IsRefusedOrMeansWhatGoogleSays()
    {
        var accepted = 0;
        for (var seed = 0; seed < Inputs; seed++)
        {
            var wire = Mutate(new RandomMessages(seed % 300).Kitchen(depth: 1).ToByteArray(), new Random(seed));
            using var json = new PooledBuffer();
            try
            {
                WireToJson.Convert(wire, Plan, json);
            }
            catch (RequestFormatException)
            {
                Assert.Equal(0, json.WrittenCount);
                continue;
            }
            catch (Exception other)
            {
                throw new InvalidOperationException($"seed {seed}: {Convert.ToHexString(wire)}", other);
            }

            accepted++;
            if (Read(wire) is not { } message)
            {
                // A value that a later one replaces is not looked at; the validator of requests looks at all.
                Assert.Throws<RequestFormatException>(() => WireValidator.Check(wire, Plan));
                continue;
            }

            using var again = new PooledBuffer();
            WireToJson.Convert(message.ToByteArray(), Plan, again);
            Assert.True(WithoutWrappers(again.WrittenSpan) == WithoutWrappers(json.WrittenSpan), $"seed {seed}: {Convert.ToHexString(wire)}");
        }

        Assert.True(accepted > Inputs / 20, $"{accepted} accepted");
    }

    [Fact]
    public void WireValidator_MutatedWire_WhatPassesCanBeReadByGoogle()
    {
        for (var seed = 0; seed < Inputs; seed++)
        {
            var wire = Mutate(new RandomMessages(seed % 300).Kitchen(depth: 1).ToByteArray(), new Random(seed));
            try
            {
                WireValidator.Check(wire, Plan);
            }
            catch (RequestFormatException)
            {
                continue;
            }

            Assert.Null(Record.Exception(() => Kitchen.V1.Kitchen.Parser.ParseFrom(wire)));
        }
    }

    /// <summary>Google's C# ignores a second wrapper of a zero instead of letting it win, so wrappers stay out of the comparison.</summary>
    private static string WithoutWrappers(ReadOnlySpan<byte> json) => WithoutWrappers(Oracle.Normal(json));

    internal static string WithoutWrappers(string json) => Wrappers().Replace(json, "");

    [GeneratedRegex("\"w(Int64|String|Bool|Double|Bytes)\":(\"([^\"\\\\]|\\\\.)*\"|[^,}\"]*)")]
    private static partial Regex Wrappers();

    private static Kitchen.V1.Kitchen? Read(byte[] wire)
    {
        try
        {
            return Kitchen.V1.Kitchen.Parser.ParseFrom(wire);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The message or the fault; any other exception fails.</summary>
    private static (Kitchen.V1.Kitchen? Message, RequestFormatException? Fault) Ours(byte[] json, int seed)
    {
        using var wire = new PooledBuffer();
        try
        {
            JsonToWire.Convert(json, Plan, wire);
            return (Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan), null);
        }
        catch (RequestFormatException fault)
        {
            Assert.False(string.IsNullOrEmpty(fault.Detail), $"seed {seed}");
            Assert.Equal(0, wire.WrittenCount);
            return (null, fault);
        }
        catch (Exception other)
        {
            throw new InvalidOperationException($"seed {seed}: {Encoding.UTF8.GetString(json)}", other);
        }
    }

    private static byte[] Mutate(byte[] input, Random random)
    {
        var bytes = input.ToList();
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at)));
                    break;
                case 4:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    if (random.Next(4) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
