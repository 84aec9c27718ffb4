namespace Tulle.Proxy.Routing.Patterns;

/// <summary>Carries a syntax error out of the recursive parser; never leaves <see cref="Pattern.Compile"/>.</summary>
internal sealed class PatternSyntaxException(string message) : Exception(message);
