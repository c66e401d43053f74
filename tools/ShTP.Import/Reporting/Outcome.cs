namespace ShTP.Import.Reporting;

/// <summary>What became of a row, or with a dry run would have.</summary>
internal enum Outcome
{
    /// <summary>It is there now, as it was.</summary>
    Moved,

    /// <summary>It is there now; the reasons say what is not as it was.</summary>
    Changed,

    /// <summary>It was there already.</summary>
    Present,

    /// <summary>Another row with its id was there already and stays; the reasons name the columns.</summary>
    Different,

    /// <summary>It, or the person whose it was, was deleted in the new system, and stays so.</summary>
    Deleted,

    /// <summary>It is not there; the reasons say why.</summary>
    Refused,
}
