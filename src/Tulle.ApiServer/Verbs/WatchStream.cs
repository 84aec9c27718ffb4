using System.IO.Pipelines;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Selectors;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Views;

namespace Tulle.ApiServer.Verbs;

/// <summary>Writes the events of one watch.</summary>
internal sealed class WatchStream(PipeWriter writer, ObjectView view, ObjectSelector selector)
{
    /// <summary>The revision up to which the client has seen everything.</summary>
    public long LastRevision { get; set; }

    /// <summary>
    /// Tells a change as the selector sees it: an object that begins to match is added, one that ceases to is deleted.
    /// </summary>
    public void WriteChange(StoreChange change)
    {
        LastRevision = Math.Max(LastRevision, change.Revision);
        bool matches = change.Type != ChangeType.Deleted && selector.Matches(change.Key.Name, change.Json);
        bool matched = change.Previous is not null && selector.Matches(change.Key.Name, change.Previous);
        if (matches) WriteEvent(matched ? ChangeType.Modified : ChangeType.Added, change.Json);
        else if (matched) WriteEvent(ChangeType.Deleted, change.Json);
    }

    public void WriteEvent(ChangeType type, byte[] json)
    {
        writer.Append(type switch
        {
            ChangeType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            ChangeType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        });
        view.WriteObject(writer, json);
        writer.Append("}\n"u8);
    }

    public void WriteBookmark(long revision, bool initialEventsEnd)
    {
        writer.Append("{\"type\":\"BOOKMARK\",\"object\":"u8);
        view.WriteBookmark(writer, revision, initialEventsEnd);
        writer.Append("}\n"u8);
    }

    public void WriteError(ApiException error)
    {
        writer.Append("{\"type\":\"ERROR\",\"object\":"u8);
        writer.Append(Json.ToBytes(error.ToStatus()));
        writer.Append("}\n"u8);
    }
}
