using System.ComponentModel.DataAnnotations;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>What pages say of the school; section <c>School</c>.</summary>
public sealed class SchoolOptions
{
    public const string Section = "School";

    /// <summary>Shown above the title of a page; nothing is shown without it.</summary>
    [MaxLength(100, ErrorMessage = "School:Name must have at most 100 characters.")]
    public string Name { get; init; } = "";
}
