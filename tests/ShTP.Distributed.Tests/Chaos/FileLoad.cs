using System.Net;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Students change their avatars.</summary>
internal sealed class FileLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    // Uploads are limited by user.
    private const int Students = 4;

    private readonly List<Person> _students = [];
    private readonly Dictionary<string, string> _avatars = [];
    private byte[] _picture = [];
    private byte[] _stored = [];

    public override async Task PrepareAsync()
    {
        _picture = await File.ReadAllBytesAsync(Repository.PathOf("requests", "picture.png"));
        var group = await CreateGroupAsync();
        for (var i = 0; i < Students; i++)
            _students.Add(await CreateAsync(group));
        // Pictures are written anew, without what cameras put into them.
        await StepAsync();
        _stored = await DownloadAsync(_avatars.Values.Single());
    }

    protected override async Task StepAsync()
    {
        var student = _students[Random.Next(Students)];
        var answer = await Client.CallAsync(student.Client, HttpMethod.Patch, "/api/v1/users/avatar",
            () => new MultipartFormDataContent { { new ByteArrayContent(_picture), "avatar", "me.png" } });
        _avatars[student.Id] = (string)answer["avatar"]!;
    }

    public override async Task VerifyAsync()
    {
        foreach (var (id, name) in _avatars)
        {
            Assert.Equal(name, (string)(await Client.CallAsync(Admin, HttpMethod.Get, $"/api/v1/users/{id}"))["avatarPath"]!);
            Assert.Equal(_stored, await DownloadAsync(name));
        }
    }

    private async Task<byte[]> DownloadAsync(string name)
    {
        using var picture = await Admin.Http.GetAsync($"/storage/avatars/{name}");
        Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        return await picture.Content.ReadAsByteArrayAsync();
    }
}
