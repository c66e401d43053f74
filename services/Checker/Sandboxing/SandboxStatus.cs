using System.Text.Json;

namespace ShTP.Checker.Sandboxing;

/// <summary>The status file of bubblewrap: one JSON document per line.</summary>
internal sealed class SandboxStatus(string path)
{
    /// <summary>The first process of the namespace, by its id on the host; null before it exists.</summary>
    public int? FirstProcess => Find("child-pid");

    /// <summary>Null when the command did not start, or was killed together with the sandbox.</summary>
    public int? ExitCode => Find("exit-code");

    private int? Find(string name)
    {
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.TryGetProperty(name, out var value))
                    return value.GetInt32();
            }
            catch (JsonException)
            {
                // An incomplete line that is still being written.
            }
        }

        return null;
    }
}
