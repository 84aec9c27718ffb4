using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Api;
using Tulle.ControlPlane.Insight.Traces.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>The parts that take, keep and hand out traces, and what of them runs by itself.</summary>
internal sealed class TraceServices : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _exporting;

    private TraceServices(OtlpReceiver? receiver, OtlpExporter? exporter)
    {
        Receiver = receiver;
        _exporting = exporter is null ? Task.CompletedTask : Task.Run(() => exporter.RunAsync(_stopping.Token));
    }

    /// <summary>Where applications send their spans; null: nowhere.</summary>
    public OtlpReceiver? Receiver { get; }

    public static void Add(IServiceCollection services, ControlPlaneOptions options)
    {
        services.AddSingleton(provider => TraceStore.Open(options.TracesPath, options.Clock, provider.GetRequiredService<ILogger<TraceStore>>()));
        services.AddSingleton<TailRules>();
        services.AddSingleton<TraceIntake>();
        services.AddSingleton<OtlpSpans>();
        services.AddSingleton(provider => new TraceParts(
            provider.GetRequiredService<TraceStore>(), provider.GetRequiredService<TraceIntake>(), provider.GetRequiredService<OtlpSpans>(),
            [.. provider.GetServices<OtlpExporter>()]));
        services.AddSingleton<IInsightHandler, TracesHandler>();
        if (options.OtlpTarget is not { } target) return;
        services.AddSingleton(_ => new OtlpTransport(target));
        services.AddSingleton(provider => new OtlpExporter(
            target, provider.GetRequiredService<OtlpTransport>().SendAsync, options.Clock, options.Random.NextDouble, provider.GetRequiredService<ILogger<OtlpExporter>>()));
        services.AddSingleton<ISpanExporter>(provider => provider.GetRequiredService<OtlpExporter>());
    }

    /// <exception cref="IOException">An address for applications' spans is in use.</exception>
    public static async Task<TraceServices> StartAsync(ControlPlaneOptions options, IServiceProvider services, CancellationToken cancellation)
    {
        OtlpReceiver? receiver = options.OtlpReceiver is { } listen
            ? await OtlpReceiver.StartAsync(listen, services.GetRequiredService<OtlpSpans>(), options.Logging, cancellation).ConfigureAwait(false)
            : null;
        return new TraceServices(receiver, services.GetService<OtlpExporter>());
    }

    /// <summary>Takes no more, and sends what waits if that is possible at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Receiver is not null) await Receiver.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _exporting.ConfigureAwait(false);
        _stopping.Dispose();
    }
}
