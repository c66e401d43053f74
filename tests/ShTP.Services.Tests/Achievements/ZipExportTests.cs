using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

public sealed class ZipExportTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task Export_AcceptedOnes_HasEveryFileAndAListOfThem()
    {
        var student = system.AddStudent();
        string[] names = ["диплом.pdf", "диплом.pdf", "../../etc/passwd", @"C:\windows\evil.pdf", "", "CON.pdf"];
        var files = new List<string>();
        foreach (var name in names)
        {
            var upload = system.Files.Upload(student, $"{Guid.NewGuid():N}.pdf", "achievement");
            upload.OriginalName = name;
            files.Add(upload.FileId);
            var created = await system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = upload, Achievement = Text("*Жирный* [текст](javascript:x)") });
            await system.Teacher().ModerateAchievementAsync(Accept(created.Uuid, 12));
        }

        await system.HandInAsync(student, "Ещё ждёт");

        using var call = system.As(student).ExportAchievements(new ExportAchievementsRequest());
        var (type, bytes) = ("", new MemoryStream());
        await foreach (var body in call.ResponseStream.ReadAllAsync())
        {
            type += body.ContentType;
            body.Data.WriteTo(bytes);
        }

        Assert.Equal("application/x-zip-compressed", type);
        Assert.Equal([.. Enumerable.Repeat(("a descriptor", "deflated"), names.Length + 1)], LocalHeadersOf(bytes.ToArray()));
        using var zip = new ZipArchive(bytes, ZipArchiveMode.Read);
        Assert.Equal(["achievements.md", "evil.pdf", "file (2).pdf", "file.pdf", "passwd.pdf", "диплом (2).pdf", "диплом.pdf"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.Equal(files.Order(), zip.Entries.Where(entry => entry.Name != "achievements.md").Select(Read).Order());
        var text = Read(zip.GetEntry("achievements.md")!);
        Assert.Contains(@"## \*Жирный\* \[текст\]\(javascript:x\)", text, StringComparison.Ordinal);
        Assert.Contains("- Баллы: 12", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ещё ждёт", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_AFileIsGone_ListsTheAchievementWithoutIt()
    {
        var student = system.AddStudent();
        var upload = system.Files.Upload(student, "gone.pdf", "achievement");
        var created = await system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = upload, Achievement = Text("Без файла") });
        await system.Teacher().ModerateAchievementAsync(Accept(created.Uuid, 1));
        system.Files.Forget(upload.FileId);

        using var call = system.As(student).ExportAchievements(new ExportAchievementsRequest());
        var bytes = new MemoryStream();
        await foreach (var body in call.ResponseStream.ReadAllAsync())
            body.Data.WriteTo(bytes);

        using var zip = new ZipArchive(bytes, ZipArchiveMode.Read);
        Assert.Contains("- Файл: нет", Read(Assert.Single(zip.Entries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ByATeacherOrWithoutAchievements_IsRefused()
    {
        var denied = await Assert.ThrowsAsync<RpcException>(() => FirstAsync(Role.Teacher));
        var empty = await Assert.ThrowsAsync<RpcException>(() => FirstAsync(Role.Student));

        Assert.Equal((StatusCode.PermissionDenied, "Only for students"), (denied.StatusCode, denied.Status.Detail));
        Assert.Equal((StatusCode.NotFound, "You don't have achievements yet!"), (empty.StatusCode, empty.Status.Detail));
    }

    private async Task FirstAsync(Role role)
    {
        using var call = system.As(system.AddStudent(), role).ExportAchievements(new ExportAchievementsRequest());
        await call.ResponseStream.MoveNext(CancellationToken.None);
    }

    // What a reader of a stream, such as java.util.zip.ZipInputStream, goes by: the sizes behind the data help it only where
    // the data says itself where it ends.
    private static List<(string Sizes, string Method)> LocalHeadersOf(byte[] zip)
    {
        const int End = 22, Central = 46;
        var headers = new List<(string, string)>();
        var place = BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(zip.Length - End + 16));
        for (var count = BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(zip.Length - End + 10)); count > 0; count--)
        {
            var entry = zip.AsSpan(place);
            var local = zip.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(entry[42..]));
            headers.Add(((local[6] & 8) != 0 ? "a descriptor" : "the header", BinaryPrimitives.ReadUInt16LittleEndian(local[8..]) == 8 ? "deflated" : "stored"));
            place += Central + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        return headers;
    }

    private static string Read(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
