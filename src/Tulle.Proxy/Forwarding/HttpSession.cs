using Tulle.Http;
using Tulle.Protocol;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// Serves requests one after the other: those of one HTTP/1.1 connection, or one HTTP/2 stream after another. <see cref="ServeAsync"/>
/// is the life of a request from top to bottom; it alone awaits. The steps that it calls never do: each tries what it can and
/// says <see cref="Step.Wait"/> when that is nothing. What client and server speak is the business of <see cref="Downstream"/>
/// and <see cref="Upstream"/>.
/// </summary>
internal abstract partial class HttpSession : Session
{
    // The request under way, null between requests.
    private Exchange? _exchange;
    private Upstream? _upstream;
    private MeshError _error;
    private bool _clientGone;

    /// <param name="client">The connection whose requests these are and that ends with the session; null for streams.</param>
    protected HttpSession(Worker worker, Connection? client, Downstream downstream) : base(worker, client)
    {
        Downstream = downstream;
        downstream.Session = this;
    }

    /// <summary>The client's side.</summary>
    public Downstream Downstream { get; }

    /// <summary>Method of the request, as the server's side sees it: an extended CONNECT counts as the GET that it stands for.</summary>
    public KnownMethod Method { get; private set; }

    /// <summary>The request under way. Only between a head and the end of its exchange.</summary>
    public Exchange Exchange => _exchange!;

    /// <summary>What the last attempt failed with.</summary>
    protected MeshError Error => _error;

    protected Direction Direction => Downstream.Origin.Direction;

    public override void Abort()
    {
        // What the client got of a response must not look complete.
        if (_exchange is null) Client?.Close();
        else Client?.CloseWithReset();
        _upstream?.Abort();
        Signal();
    }

    protected sealed override async Task ServeAsync()
    {
        bool ownsConnection = Client is not null;
        ClientOrigin origin = Downstream.Origin;
        if (ownsConnection) origin.OnServing();
        try
        {
            while (true)
            {
                // 1. Read a request's head.
                Step step;
                while ((step = ReadHead()) == Step.Wait)
                {
                    if (await this) continue;
                    OnHeadTimeout();
                    step = Step.Failed;
                    break;
                }
                if (step == Step.Failed) break;

                if (TakeOver() is { } successor)
                {
                    ReturnExchange();
                    successor.Start();
                    return;
                }

                if (Downstream.UpgradeToHttp2() is { } upgraded)
                {
                    // The connection is served on, by the session that it is handed to.
                    ownsConnection = false;
                    _ = HandOver();
                    ReturnExchange();
                    upgraded.Start();
                    return;
                }

                // 2. Decide where it goes.
                step = Route(out _error);
                if (step == Step.Wait)
                {
                    SetDeadline(Worker.Config.DiscoveryTimeout);
                    while ((step = Route(out _error)) == Step.Wait)
                    {
                        if (await this) continue;
                        OnRouteTimeout();
                        _error = MeshError.DiscoveryTimeout;
                        Worker.Metrics.Connections.CountTimeout(Direction, _error);
                        step = Step.Failed;
                        break;
                    }
                }

                if (step == Step.Done && Worker.Tracer.IsOn) BeginTrace();

                // 3. Do what the route asks for before a server is involved: limits, faults, answers of its own.
                if (step == Step.Done)
                {
                    while ((step = ApplyRoute()) == Step.Wait)
                    {
                        SetAlarm();
                        await this;
                        if (MayGoOn()) continue;
                        step = Step.Failed;
                        break;
                    }
                }

                while (step == Step.Done)
                {
                    // 4. Get a connection to an endpoint: one that is up, or a new one.
                    BeginAttempt();
                    while ((step = Connect()) == Step.Wait)
                    {
                        SetAlarm();
                        await this;
                        if (MayGoOn()) continue;
                        step = Step.Failed;
                        break;
                    }

                    if (step == Step.Done)
                    {
                        // 5. Send the head, and of the body what is here.
                        SendHead();

                        // 6. Relay both directions until the response is complete.
                        while ((step = Relay()) == Step.Wait)
                        {
                            SetAlarm();
                            await this;
                            if (MayGoOn()) continue;
                            step = Step.Failed;
                            break;
                        }
                        if (step == Step.Done && IsPlainTunnel)
                        {
                            HandOverTunnel();
                            return;
                        }
                    }

                    // 7. Keep the connection for the next one, or try again where that is allowed.
                    EndAttempt(step == Step.Done);
                    if (step == Step.Done || !ShouldRetry()) break;
                    while ((step = BackOff()) == Step.Wait)
                    {
                        SetAlarm();
                        await this;
                        if (MayGoOn()) continue;
                        step = Step.Failed;
                        break;
                    }
                }

                // 8. Count it, and answer what failed.
                if (step == Step.Done) FinishExchange();
                else FailExchange();
                while (step == Step.Failed && SendAnswer() == Step.Wait)
                {
                    SetAlarm();
                    await this;
                }
                bool another = Downstream.EndExchange() && !_clientGone;
                ReturnExchange();
                if (!another) break;
            }

            // 9. Say goodbye such that the last response arrives: bytes that nobody reads would make the kernel reset it.
            if (ownsConnection && !_clientGone)
            {
                while (Downstream.Linger() == Step.Wait)
                {
                    if (!await this) break;
                }
            }
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            ReturnExchange();
            _upstream?.Abort();
            Downstream.Close();
            if (ownsConnection) origin.OnServed();
            End();
        }
    }

    /// <summary>A wait has ended: whether to try the same step again, or the reason why not.</summary>
    private bool MayGoOn()
    {
        if (Downstream.CheckGone())
        {
            ClientGone();
            return false;
        }
        MeshError due = Exchange.Deadlines.Due(Loop.NowMs);
        if (due == MeshError.None) return true;
        // Who fell silent: the client in the middle of its body, or the server?
        bool awaitsClient = due == MeshError.UpstreamTimeout && !Exchange.RequestEnded && !Downstream.ResponseStarted && !_awaitsUpgrade && Downstream.Body.IsEmpty;
        _error = awaitsClient ? MeshError.RequestTimeout : due;
        Worker.Metrics.Connections.CountTimeout(Direction, _error);
        return false;
    }

    /// <summary>Sets the strand's one deadline to the nearest of the exchange's.</summary>
    private void SetAlarm() => SetDeadlineAt(Exchange.Deadlines.NextMs);
}
