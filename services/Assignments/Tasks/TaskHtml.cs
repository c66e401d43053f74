using ShTP.Html;

namespace ShTP.Assignments.Tasks;

/// <summary>The text of a task.</summary>
internal static class TaskHtml
{
    public const int MaxLength = 100_000;

    private const int MaxPictureBytes = 32 * 1024;

    /// <summary>Cleans the text of an author.</summary>
    public static readonly EditorHtml Html = new(MaxLength, MaxPictureBytes);
}
