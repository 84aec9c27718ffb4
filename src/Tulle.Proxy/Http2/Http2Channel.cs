using Tulle.Http;
using Tulle.Http.Http2;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>
/// One stream of a link as its owner sees it: what came on it, and whom to wake. Belongs to one <see cref="Http2Downstream"/>
/// or <see cref="Http2Upstream"/> for life and goes with it from stream to stream. Loop thread only.
/// </summary>
internal sealed class Http2Channel(Worker worker)
{
    /// <summary>What came of the body.</summary>
    public BodyBuffer Body = new(worker.Http2Memory);

    /// <summary>The connection; null between two streams.</summary>
    public Http2Link? Link { get; private set; }

    /// <summary>The stream; null between two streams, and while a client's connection is being made.</summary>
    public Http2Stream? Stream { get; private set; }

    /// <summary>Whom to wake.</summary>
    public Strand? Strand { get; set; }

    /// <summary>A head has come that its owner has not seen.</summary>
    public bool HeadArrived { get; set; }

    /// <summary>Everything that the peer sends has come.</summary>
    public bool Ended { get; set; }

    /// <summary>The stream or its connection is of no use any more.</summary>
    public bool IsBroken => Link is null or { IsLost: true } || Stream is { IsReset: true };

    /// <summary>In the link's list of those to be woken.</summary>
    public bool IsReady { get; set; }

    /// <summary>In the link's list of those that wait to send.</summary>
    public bool WaitsToSend { get; set; }

    /// <summary>Place in the link's list of channels.</summary>
    public int Index { get; set; }

    /// <summary>Joins a link, maybe before there is a stream.</summary>
    public void Attach(Http2Link link)
    {
        Link = link;
        link.Add(this);
    }

    /// <summary>Takes a stream.</summary>
    public void Open(Http2Stream stream)
    {
        Stream = stream;
        stream.Owner = this;
    }

    /// <summary>Takes bytes of the body as read, and lets the peer send as many again; once, however often they are read.</summary>
    public void Read(int count, bool keep)
    {
        int fresh = Body.Read(count, keep);
        if (fresh > 0 && Link is { IsLost: false } link && Stream is not null)
        {
            link.Codec.Consume(Stream, fresh);
            link.ScheduleFlush();
        }
    }

    /// <summary>Sends body as far as possible; 0 when it must wait, and then its strand is woken when that changes.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken) return -1;
        int n = Link!.Codec.WriteData(Stream!, bytes, endStream: false);
        if (n < bytes.Length) Link.WaitToSend(this);
        if (n > 0) Link.ScheduleFlush();
        return n;
    }

    /// <summary>Ends this side of the stream, with trailers where there are some. False: it is broken.</summary>
    public bool End(in FieldsView trailers)
    {
        if (IsBroken) return false;
        Http2Connection codec = Link!.Codec;
        if (trailers.Slots.IsEmpty)
        {
            codec.End(Stream!);
        }
        else
        {
            codec.BeginTrailers();
            Http2Fields.WriteTrailers(codec, trailers);
            codec.EndHead(Stream!, endStream: true);
        }
        Link.ScheduleFlush();
        return true;
    }

    /// <summary>Gives the stream back; one that is not complete is reset.</summary>
    public void Detach(Http2ErrorCode code)
    {
        Body.Release();
        Http2Link? link = Link;
        Http2Stream? stream = Stream;
        Link = null;
        Stream = null;
        HeadArrived = Ended = WaitsToSend = false;
        if (link is null) return;
        link.Remove(this);
        if (stream is not null) link.Codec.Release(stream, code);
        link.OnStreamReleased();
    }
}
