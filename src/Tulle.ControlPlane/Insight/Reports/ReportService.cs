using Google.Protobuf;
using Grpc.Core;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Reports;

/// <summary>The service <c>Insight</c> of insight.proto, whose reports are read as <see cref="ReceivedReport"/>.</summary>
[BindServiceMethod(typeof(ReportBinding), nameof(ReportBinding.Bind))]
internal abstract class ReportService
{
    /// <summary>Serves the stream of a proxy.</summary>
    public abstract Task Report(IAsyncStreamReader<ReceivedReport> requestStream, IServerStreamWriter<ProxyCommand> responseStream, ServerCallContext context);
}

/// <summary>Tells the server of <see cref="ReportService"/>, as generated code does for services that take messages as they are.</summary>
internal static class ReportBinding
{
    private static readonly Method<ReceivedReport, ProxyCommand> Report = new(
        MethodType.DuplexStreaming, Protocol.Insight.Descriptor.FullName, Protocol.Insight.Descriptor.Methods[0].Name,
        Marshallers.Create<ReceivedReport>((_, _) => throw new NotSupportedException("reports are received only"), context => ReceivedReport.Read(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<ProxyCommand>(Write, context => ProxyCommand.Parser.ParseFrom(context.PayloadAsReadOnlySequence())));

    public static void Bind(ServiceBinderBase binder, ReportService? service) =>
        binder.AddMethod(Report, service is null ? null : new DuplexStreamingServerMethod<ReceivedReport, ProxyCommand>(service.Report));

    private static void Write(ProxyCommand command, SerializationContext context)
    {
        context.SetPayloadLength(command.CalculateSize());
        command.WriteTo(context.GetBufferWriter());
        context.Complete();
    }
}
