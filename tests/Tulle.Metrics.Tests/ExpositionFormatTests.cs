namespace Tulle.Metrics.Tests;

public sealed class ExpositionFormatTests
{
    [Theory]
    // What Prometheus 2.42 and 3.0 send.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", ExpositionFormat.OpenMetrics)]
    [InlineData("text/plain;version=0.0.4;q=1,*/*;q=0.1", ExpositionFormat.Prometheus)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", ExpositionFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", ExpositionFormat.Prometheus)]
    [InlineData("application/openmetrics-text;q=0,*/*", ExpositionFormat.Prometheus)]
    [InlineData("application/openmetrics-text;q=0.3,text/plain;q=0.8", ExpositionFormat.Prometheus)]
    [InlineData("application/openmetrics-text;q=nonsense", ExpositionFormat.Prometheus)]
    [InlineData("text/html,*/*;q=0.8", ExpositionFormat.Prometheus)]
    [InlineData("*/*", ExpositionFormat.Prometheus)]
    [InlineData("", ExpositionFormat.Prometheus)]
    [InlineData(null, ExpositionFormat.Prometheus)]
    public void Negotiate_Accept_ChoosesTheFormat(string? accept, ExpositionFormat expected) => Assert.Equal(expected, ExpositionFormats.Negotiate(accept));
}
