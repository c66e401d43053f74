namespace ShTP.Demo;

/// <summary>Address of the system and size of the school; section <c>Demo</c>.</summary>
internal sealed class DemoOptions
{
    private const int MaxStudents = 1000;
    private const int MinPasswordLength = 8;

    /// <summary>Address of the gateway.</summary>
    public string Api { get; set; } = "";

    public string AdminEmail { get; set; } = "";

    public string AdminPassword { get; set; } = "";

    /// <summary>Password of all teachers and students of the demo.</summary>
    public string Password { get; set; } = "";

    /// <summary>Number of students, 1 to 1000.</summary>
    public int Students { get; set; } = 300;

    /// <summary>The faults, each with its setting.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Api, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            yield return $"Demo:Api must be the address of the gateway, such as http://localhost:8080, but is '{Api}'";
        if (AdminEmail.Length == 0)
            yield return "Demo:AdminEmail is missing";
        if (AdminPassword.Length == 0)
            yield return "Demo:AdminPassword is missing";
        if (Password.Length < MinPasswordLength)
            yield return $"Demo:Password must have at least {MinPasswordLength} characters";
        if (Students is < 1 or > MaxStudents)
            yield return $"Demo:Students must be 1 to {MaxStudents}, but is {Students}";
    }
}
