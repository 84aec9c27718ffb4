using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>Makes what a handler answers go into a buffer.</summary>
internal sealed class AnswerBody(AnswerBuffer buffer) : IHttpResponseBodyFeature
{
    public Stream Stream => buffer.AsStream();

    public PipeWriter Writer => buffer;

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => Task.CompletedTask;
}
