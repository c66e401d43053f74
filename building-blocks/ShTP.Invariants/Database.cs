namespace ShTP.Invariants;

/// <summary>The databases of a system; each belongs to one service.</summary>
public enum Database
{
    Auth,
    Users,
    Files,
    Achievements,
    Events,
    Notifications,
    Assignments,
}
