using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using ShTP.Files.Content;

namespace ShTP.Files.Downloads;

/// <summary>The avatar of users who have not set one; embedded in the program.</summary>
internal sealed class DefaultAvatar
{
    public const string Name = "default.png";

    private readonly byte[] _content;
    private readonly EntityTagHeaderValue _tag;
    private readonly DateTimeOffset _lastModified;

    public DefaultAvatar()
    {
        var assembly = typeof(DefaultAvatar).Assembly;
        using var resource = assembly.GetManifestResourceStream(Name) ?? throw new InvalidOperationException($"The program was built without {Name}");
        _content = new byte[resource.Length];
        resource.ReadExactly(_content);
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(_content))}\"");
        _lastModified = File.GetLastWriteTimeUtc(assembly.Location);
    }

    public IResult ToResult() => TypedResults.Bytes(_content, MediaType.Png.Name, fileDownloadName: null, enableRangeProcessing: true, _lastModified, _tag);
}
