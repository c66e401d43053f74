using System.ComponentModel.DataAnnotations;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>What pages say of the school; section <c>School</c>.</summary>
internal sealed class SchoolOptions
{
    public const string Section = "School";

    /// <summary>Shown above the title of a page; nothing is shown without it.</summary>
    [MaxLength(100, ErrorMessage = "School:Name must have at most 100 characters.")]
    public string Name { get; init; } = "";
}
