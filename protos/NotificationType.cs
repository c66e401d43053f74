namespace ShTP.Protos;

/// <summary>
/// The types of notifications, by the numbers that the clients know; notifications.proto says which data each has. Not an
/// enum of the contract, whose JSON would be names.
/// </summary>
public enum NotificationType
{
    /// <summary>An achievement was accepted.</summary>
    Accepted = 0,

    /// <summary>An achievement was rejected.</summary>
    Rejected = 1,

    /// <summary>There is a new event.</summary>
    Event = 2,

    /// <summary>A medal was awarded.</summary>
    Medal = 3,

    /// <summary>Something to know.</summary>
    Information = 4,

    /// <summary>Something to heed.</summary>
    Warning = 5,
}
