namespace ShTP.Import.Reporting;

/// <summary>What became of a row, or with a dry run would have.</summary>
internal enum Outcome
{
    /// <summary>It is there now, as it was.</summary>
    Moved,

    /// <summary>Stored now; the reasons list the values that were changed.</summary>
    Changed,

    /// <summary>It was there already.</summary>
    Present,

    /// <summary>Another row with its id was there already and stays; the reasons name the columns.</summary>
    Different,

    /// <summary>The row, or its user, was deleted in the new system, and stays deleted.</summary>
    Deleted,

    /// <summary>Not stored; the reasons say why.</summary>
    Refused,
}
