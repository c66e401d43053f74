using System.ComponentModel.DataAnnotations;
using ShTP.Auth.Passwords;
using ShTP.Rpc.Text;

namespace ShTP.Auth.FirstAdmin;

/// <summary>E-mail and password of the first admin; section <c>FirstAdmin</c>. Both or neither.</summary>
internal sealed class FirstAdminOptions : IValidatableObject
{
    public const string Section = "FirstAdmin";

    public string? Email { get; init; }

    /// <summary>8 to 128 characters; used only until the admin has a password.</summary>
    public string? Password { get; init; }

    internal bool IsGiven => !string.IsNullOrEmpty(Email);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Email) != string.IsNullOrEmpty(Password))
            yield return new("FirstAdmin:Email and FirstAdmin:Password must be given together.", [nameof(Email)]);
        if (!string.IsNullOrEmpty(Email) && !EmailAddress.TryNormalize(Email, out _))
            yield return new("FirstAdmin:Email is not an e-mail address.", [nameof(Email)]);
        if (!string.IsNullOrEmpty(Password) && Password.Length is < PasswordHashes.MinLength or > PasswordHashes.MaxLength)
            yield return new($"FirstAdmin:Password must have {PasswordHashes.MinLength} to {PasswordHashes.MaxLength} characters.", [nameof(Password)]);
    }
}
