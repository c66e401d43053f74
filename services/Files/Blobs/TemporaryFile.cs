namespace ShTP.Files.Blobs;

/// <summary>Content on its way into the storage; gone when disposed of.</summary>
public sealed class TemporaryFile : IAsyncDisposable
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
            BufferSize = 0, // pieces of an upload are large already
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
        File.Delete(Path); // nothing happens when the storage took it
    }
}
