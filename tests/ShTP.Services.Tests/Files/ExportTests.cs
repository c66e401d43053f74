using System.Text.Json;
using Grpc.Core;
using ShTP.Api.V1;
using Xunit;

namespace ShTP.Services.Tests.Files;

public sealed class ExportTests(FilesHost host) : IClassFixture<FilesHost>
{
    [Fact]
    public async Task ExportUser_WithFiles_GivesEachOnceAndWhatIsKnownOfIt()
    {
        var owner = Guid.NewGuid();
        var document = Pictures.Pdf();
        var one = await host.StoreAsync(owner, "achievement", document, "диплом.pdf");
        var two = await host.StoreAsync(owner, "achievement", document, "ещё один.pdf");
        await host.StoreAsync(Guid.NewGuid(), "achievement", document, "чужой.pdf");

        var files = await ExportAsync(owner);

        var rows = JsonDocument.Parse(files["files.json"]).RootElement.EnumerateArray().ToList();
        Assert.Equal(3, files.Count);
        // Ids made within one millisecond have no order.
        Assert.Equal(
            new[] { (one.FileId, "диплом.pdf"), (two.FileId, "ещё один.pdf") }.Order(),
            rows.Select(row => (row.GetProperty("id").GetString()!, row.GetProperty("originalName").GetString()!)).Order());
        Assert.All(rows, row => Assert.Equal(document, files[row.GetProperty("path").GetString()!]));
    }

    [Fact]
    public async Task ExportUser_WithoutFiles_SaysSo() =>
        Assert.Equal(0, JsonDocument.Parse(Assert.Single(await ExportAsync(Guid.NewGuid())).Value).RootElement.GetArrayLength());

    private async Task<Dictionary<string, byte[]>> ExportAsync(Guid owner)
    {
        using var call = host.Files.ExportUser(new ExportUserRequest { UserId = owner.ToString() });
        var files = new Dictionary<string, byte[]>();
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            Assert.InRange(piece.Content.Length, 1, 64 * 1024);
            files[piece.Path] = [.. files.GetValueOrDefault(piece.Path, []), .. piece.Content.ToByteArray()];
        }

        return files;
    }
}
