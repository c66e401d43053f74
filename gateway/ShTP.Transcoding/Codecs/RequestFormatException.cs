using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Bytes or text that violate the contract, a fault of the sender. <see cref="IsSyntax"/> distinguishes a malformed
/// document (400) from a well-formed one with a wrong value (422).
/// </summary>
public sealed class RequestFormatException : Exception
{
    /// <summary>A wrong value of a field.</summary>
    public RequestFormatException(string? field, LocalizedText detail)
        : this(field, detail.ToString(), isSyntax: false)
    {
    }

    private RequestFormatException(string? field, string detail, bool isSyntax)
        : base(field is null ? detail : $"{field}: {detail}")
    {
        Field = field;
        Detail = detail;
        IsSyntax = isSyntax;
    }

    /// <summary>The path of the field as the document spells it, such as <c>tests[3].input</c>; null for the whole document.</summary>
    public string? Field { get; }

    /// <summary>The fault without the field.</summary>
    public string Detail { get; }

    /// <summary>The document itself is malformed.</summary>
    public bool IsSyntax { get; }

    /// <summary>A malformed document.</summary>
    public static RequestFormatException Syntax(LocalizedText detail, string? field = null) => new(field, detail.ToString(), isSyntax: true);
}
