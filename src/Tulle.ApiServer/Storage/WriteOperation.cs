using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Storage;

internal enum WriteOutcome
{
    Done,
    AlreadyExists,
    NotFound,

    /// <summary>The object was changed since the caller read it.</summary>
    Conflict,
    NamespaceNotFound,
    NamespaceTerminating,
}

/// <summary>What became of a write.</summary>
/// <param name="Outcome">Whether it was done.</param>
/// <param name="Object">The object as stored, or as it was when it was removed; null when nothing was done.</param>
internal readonly record struct WriteResult(WriteOutcome Outcome, StoredObject? Object);

/// <summary>One change that a caller wants, applied by the single writer if its conditions hold.</summary>
/// <param name="Key">Which object.</param>
/// <param name="Value">The object to store; null removes it. Owned by the writer from here on: it sets the resourceVersion.</param>
/// <param name="ExpectedVersion">The version that must be current; 0: the object must not exist; null: any version.</param>
/// <param name="CheckNamespace">Whether the namespace must exist and not be terminating.</param>
internal sealed record WriteOperation(ResourceKey Key, JsonObject? Value, long? ExpectedVersion, bool CheckNamespace = false);
