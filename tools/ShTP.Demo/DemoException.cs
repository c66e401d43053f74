namespace ShTP.Demo;

/// <summary>Why the demo cannot go on, in words for the person who started it.</summary>
internal class DemoException(string message) : Exception(message);

/// <summary>E-mail and password do not belong together.</summary>
internal sealed class WrongPasswordException(string email) : DemoException($"{email} has another password than the one given");
