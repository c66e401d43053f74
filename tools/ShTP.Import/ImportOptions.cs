using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using ShTP.Import.OldDatabase;
using ShTP.Import.Uploads;

namespace ShTP.Import;

/// <summary>The configuration section <c>Import</c>, checked at start.</summary>
internal sealed class ImportOptions
{
    public const string Section = "Import";

    /// <summary>Name of the connection string of the old system's database.</summary>
    public const string ConnectionName = "old";

    private const int MaxBatch = 500;

    /// <summary>The folder with the old system's uploads: avatars, achievements, tasks_source_codes.</summary>
    public string Uploads { get; set; } = "";

    /// <summary>The file that the report is appended to.</summary>
    public string Report { get; set; } = "import-report.jsonl";

    /// <summary>Rows per call.</summary>
    public int BatchSize { get; set; } = MaxBatch;

    /// <summary>Configured names of tables.</summary>
    public Dictionary<string, string> Tables { get; set; } = [];

    /// <summary>Configured names of columns by table; empty when an optional column does not exist.</summary>
    public Dictionary<string, Dictionary<string, string>> Columns { get; set; } = [];

    /// <summary>Lists all faults of the configuration.</summary>
    internal sealed class Validation(IConfiguration configuration) : IValidateOptions<ImportOptions>
    {
        public ValidateOptionsResult Validate(string? name, ImportOptions options)
        {
            List<string> faults = [.. FindFaults(options)];
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private IEnumerable<string> FindFaults(ImportOptions options)
        {
            if (string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionName)))
                yield return $"ConnectionStrings:{ConnectionName} is not set; it must be the connection string of the old system's database.";
            else if (!IsConnectionString(configuration.GetConnectionString(ConnectionName)!))
                yield return $"ConnectionStrings:{ConnectionName} is not a connection string of PostgreSQL.";
            if (options.BatchSize is < 1 or > MaxBatch)
                yield return $"{Section}:BatchSize must be between 1 and {MaxBatch}.";
            if (options.Report.Length == 0)
                yield return $"{Section}:Report is not set; it must be the file that the report is appended to.";
            foreach (var fault in UploadFolder.FindFaults(options.Uploads).Concat(OldTables.FindFaults(options)))
                yield return fault;
        }

        private static bool IsConnectionString(string text)
        {
            try
            {
                return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
            }
            catch (Exception malformed) when (malformed is ArgumentException or FormatException)
            {
                return false;
            }
        }
    }
}
