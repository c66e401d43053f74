using System.Security.Cryptography;

namespace ShTP.Services.Tests.Backups;

/// <summary>A pair of keys as PEM files, in a folder that goes with it.</summary>
internal sealed class KeyFiles : IDisposable
{
    public KeyFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Public, key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Private, key.ExportPkcs8PrivateKeyPem());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("shtp-keys-").FullName;

    public string Public => Path.Combine(Folder, "public.pem");

    public string Private => Path.Combine(Folder, "private.pem");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
