namespace ShTP.Demo;

/// <summary>Stops the demo; the message is printed.</summary>
internal class DemoException(string message) : Exception(message);

/// <summary>Wrong e-mail or password.</summary>
internal sealed class WrongPasswordException(string email) : DemoException($"{email} has another password than the one given");
