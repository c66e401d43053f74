namespace ShTP.Transcoding.Codecs;

/// <summary>Field masks: paths in snake_case on the wire, in lowerCamelCase and separated by commas in JSON.</summary>
internal static class FieldMaskText
{
    internal const string Expected = "must be field paths such as name,socialLinks.github";

    /// <summary>Writes one path's JSON; false when it would not parse back to the same path.</summary>
    internal static bool TryWriteCamel(ReadOnlySpan<byte> path, PooledBuffer output)
    {
        for (var i = 0; i < path.Length; i++)
        {
            var unit = path[i];
            if (char.IsAsciiLetterUpper((char)unit))
                return false;
            if (unit != '_')
            {
                output.WriteByte(unit);
                continue;
            }

            if (++i == path.Length || !char.IsAsciiLetterLower((char)path[i]))
                return false;
            output.WriteByte((byte)(path[i] - 'a' + 'A'));
        }

        return true;
    }

    /// <summary>Writes the wire form of a JSON mask as repeated field 1.</summary>
    internal static bool TryWriteWire(ReadOnlySpan<byte> mask, PooledBuffer output)
    {
        foreach (var range in mask.Split((byte)','))
        {
            // Same as Google's parser: an empty path is no path.
            if (mask[range].IsEmpty)
                continue;
            // A leading capital has no snake_case form that parses back to it.
            if (char.IsAsciiLetterUpper((char)mask[range][0]))
                return false;
            output.WriteVarint((1 << WireTypes.Bits) | WireTypes.Delimited);
            var start = output.OpenLength();
            foreach (var unit in mask[range])
            {
                if (unit == '_')
                    return false;
                if (char.IsAsciiLetterUpper((char)unit))
                    output.WriteByte((byte)'_');
                output.WriteByte((byte)char.ToLowerInvariant((char)unit));
            }

            output.CloseLength(start);
        }

        return true;
    }
}
