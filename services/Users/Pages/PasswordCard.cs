namespace ShTP.Users.Pages;

/// <summary>What a user who was locked out signs in with, once.</summary>
public sealed record PasswordCard(string FirstName, string LastName, string Email, string Password);
