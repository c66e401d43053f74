namespace ShTP.Import.Reporting;

/// <summary>The result of a row, also of a dry run.</summary>
internal enum Outcome
{
    /// <summary>Stored without changes.</summary>
    Moved,

    /// <summary>Stored now; the reasons list the values that were changed.</summary>
    Changed,

    /// <summary>Already stored.</summary>
    Present,

    /// <summary>A different row with its id was already stored and is not changed; the reasons name the columns.</summary>
    Different,

    /// <summary>The row, or its user, was deleted in the new system, and stays deleted.</summary>
    Deleted,

    /// <summary>Not stored; the reasons say why.</summary>
    Refused,
}
