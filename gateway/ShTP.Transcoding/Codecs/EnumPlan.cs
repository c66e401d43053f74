using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;

namespace ShTP.Transcoding.Codecs;

/// <summary>How the values of an enum are spelled in JSON: by <c>json_value</c>, else by name.</summary>
public sealed class EnumPlan
{
    private const int DenseNumbers = 64;
    private const int NamesInErrors = 20;

    private readonly byte[]?[] _dense = new byte[]?[DenseNumbers];
    private readonly FrozenDictionary<int, byte[]> _byNumber;
    private readonly Utf8Lookup<int> _numbers;

    internal EnumPlan(EnumDescriptor descriptor)
    {
        Descriptor = descriptor;
        IsNullValue = descriptor.FullName == "google.protobuf.NullValue";
        var spellings = new Dictionary<string, int>();
        var json = new Dictionary<int, byte[]>();
        var shown = new List<string>();
        foreach (var value in descriptor.Values)
        {
            var spelling = value.GetOptions()?.GetExtension(OptionsExtensions.JsonValue) is { Length: > 0 } own ? own : value.Name;
            Add(spellings, spelling, value.Number);
            Add(spellings, value.Name, value.Number);
            // The first of several names of a number (allow_alias) is the one that is written.
            if (json.TryAdd(value.Number, IsNullValue ? "null"u8.ToArray() : JsonText.Quote(spelling)))
                shown.Add(spelling);
        }

        _byNumber = json.ToFrozenDictionary();
        foreach (var (number, text) in json)
        {
            if ((uint)number < DenseNumbers)
                _dense[number] = text;
        }

        _numbers = new Utf8Lookup<int>(spellings);
        Choices = shown.Count > NamesInErrors
            ? string.Join(", ", shown.Take(NamesInErrors)) + $" and {shown.Count - NamesInErrors} more"
            : string.Join(", ", shown);
    }

    /// <summary>The enum.</summary>
    public EnumDescriptor Descriptor { get; }

    /// <summary>The JSON spellings in one line, for error texts.</summary>
    public string Choices { get; }

    /// <summary>google.protobuf.NullValue, whose only value is JSON's null.</summary>
    internal bool IsNullValue { get; }

    /// <summary>The JSON of the first value, used for an unset field.</summary>
    internal string DefaultJson() => Encoding.UTF8.GetString(_byNumber.TryGetValue(0, out var zero) ? zero : "0"u8);

    internal bool TryParse(ReadOnlySpan<byte> spelling, out int number) => _numbers.TryFind(spelling, out number);

    internal bool IsKnown(int number) => _byNumber.ContainsKey(number);

    internal void WriteJson(int number, PooledBuffer output)
    {
        var text = (uint)number < DenseNumbers ? _dense[number] : _byNumber.GetValueOrDefault(number);
        if (text is not null)
            output.WriteBytes(text);
        else
            output.WriteBytes(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
    }

    private void Add(Dictionary<string, int> spellings, string spelling, int number)
    {
        if (!spellings.TryAdd(spelling, number) && spellings[spelling] != number)
            throw new NotSupportedException($"{Descriptor.FullName}: '{spelling}' spells two values.");
    }
}
