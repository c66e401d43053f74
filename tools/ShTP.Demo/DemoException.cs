namespace ShTP.Demo;

/// <summary>Why the demo cannot go on, in words for the person who started it.</summary>
internal sealed class DemoException(string message) : Exception(message);
