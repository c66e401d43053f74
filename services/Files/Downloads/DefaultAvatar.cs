using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using ShTP.Files.Content;

namespace ShTP.Files.Downloads;

/// <summary>The avatar of users who have not set one; embedded in the program.</summary>
public sealed class DefaultAvatar
{
    public const string Name = "default.png";

    private readonly byte[] content;
    private readonly EntityTagHeaderValue tag;
    private readonly DateTimeOffset lastModified;

    public DefaultAvatar()
    {
        var assembly = typeof(DefaultAvatar).Assembly;
        using var resource = assembly.GetManifestResourceStream(Name) ?? throw new InvalidOperationException($"The program was built without {Name}");
        content = new byte[resource.Length];
        resource.ReadExactly(content);
        tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        lastModified = File.GetLastWriteTimeUtc(assembly.Location);
    }

    public IResult ToResult() => TypedResults.Bytes(content, MediaType.Png.Name, fileDownloadName: null, enableRangeProcessing: true, lastModified, tag);
}
