namespace ShTP.Files.Blobs;

/// <summary>Content before it is stored; deleted on dispose.</summary>
internal sealed class TemporaryFile : IAsyncDisposable
{
    internal TemporaryFile(string path)
    {
        Path = path;
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            Options = FileOptions.Asynchronous,
            BufferSize = 0, // chunks of an upload are already large
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Stream = new FileStream(path, options);
    }

    public string Path { get; }

    public FileStream Stream { get; }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        File.Delete(Path); // no effect when the storage took it over
    }
}
