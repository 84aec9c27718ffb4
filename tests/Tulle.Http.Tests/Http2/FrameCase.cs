using Tulle.Http.Http2;

namespace Tulle.Http.Tests.Http2;

/// <summary>One row of the tables: what comes, what it means, and what is answered.</summary>
/// <param name="Clause">The clause that says so; RFC 9113 unless named otherwise.</param>
/// <param name="Name">What is special about it.</param>
/// <param name="Input">The bytes behind the preface and SETTINGS, unless <see cref="Bare"/>.</param>
/// <param name="Events">The events, separated by "; ".</param>
/// <param name="Output">The frames that are answered, without the acknowledgement of the first SETTINGS; null when it does not matter.</param>
internal sealed record FrameCase(string Clause, string Name, byte[] Input, string Events, string? Output = null)
{
    /// <summary>The input is the very first that comes.</summary>
    public bool Bare { get; init; }

    /// <summary>We are the client, and have sent GET on stream 1, an unfinished POST on 3 and HEAD on 5.</summary>
    public bool Client { get; init; }

    /// <summary>Bodies are not consumed.</summary>
    public bool Stalls { get; init; }

    /// <summary>Limits other than the defaults.</summary>
    public Http2Limits? Limits { get; init; }

    /// <summary>What the owner does before the input comes.</summary>
    public Action<Http2Connection>? Before { get; init; }

    public override string ToString() => $"{Clause}: {Name}";
}
