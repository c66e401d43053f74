using System.Globalization;
using ShTP.LocalPostgres.Binaries;

namespace ShTP.LocalPostgres;

/// <summary>Server settings for a small machine that runs the whole system.</summary>
internal static class ServerSettings
{
    public static Dictionary<string, string> For(PostgresBinaries binaries, PostgresClusterOptions options, int port, string socket)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["shared_buffers"] = "32MB",
            ["max_connections"] = "300",
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            // JIT compilation costs more than the short queries of services.
            ["jit"] = "off",
        };
        if (binaries.MajorVersion >= 18)
            settings["io_method"] = "sync";
        if (!options.Durable)
        {
            settings["fsync"] = "off";
            settings["full_page_writes"] = "off";
        }
        foreach (var (name, value) in options.Settings)
            settings[name] = value;

        settings["port"] = port.ToString(CultureInfo.InvariantCulture);
        settings["listen_addresses"] = "127.0.0.1";
        settings["unix_socket_directories"] = OperatingSystem.IsWindows() ? "" : socket;
        settings["unix_socket_permissions"] = "0700";
        settings["logging_collector"] = "off";
        settings["log_destination"] = "stderr";
        return settings;
    }
}
