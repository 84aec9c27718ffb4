namespace Tulle.ControlPlane.Dashboard.Files;

/// <summary>A file of the dashboard.</summary>
/// <param name="ContentType">Media type.</param>
/// <param name="Immutable">Whether its name has a digest of its content, so that a browser may keep it for ever.</param>
/// <param name="ETag">Entity tag of its content.</param>
/// <param name="Encodings">Its forms, by <c>Content-Encoding</c>; the empty one is the file itself. Each opens a new stream.</param>
internal sealed record DashboardFile(
    string ContentType, bool Immutable, string ETag, IReadOnlyDictionary<string, Func<Stream>> Encodings);
