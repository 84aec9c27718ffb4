using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tulle.Samples.Shop;

/// <summary>Traffic at a steady rate: a request is sent when its time has come, whether or not earlier ones were answered.</summary>
internal sealed class LoadGenerator(Uri target, double rps, TimeSpan duration) : IDisposable
{
    public const string Role = "loadgen";

    // Beyond this many unanswered requests new ones are skipped (and counted), so that a stuck target costs no memory.
    private const int MaxInFlight = 256;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(10);

    // What customers do: mostly look, seldom buy.
    private static readonly (int Weight, string Method, string Path)[] Habits =
        [(30, "GET", "/"), (25, "GET", "/product/{id}"), (15, "GET", "/users/{id}"), (10, "GET", "/search"), (10, "GET", "/cart/{id}"), (10, "POST", "/checkout/{id}")];

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = MaxInFlight }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Tally _tally = new();
    private readonly Random _random = new(1);
    private int _inFlight;

    public static async Task<int> RunAsync(string[] options)
    {
        double rps = 40;
        var duration = Timeout.InfiniteTimeSpan;
        string target = "http://frontend";
        for (int i = 0; i < options.Length; i += 2)
        {
            string value = i + 1 < options.Length ? options[i + 1] : "";
            bool understood = options[i] switch
            {
                "--rps" => double.TryParse(value, CultureInfo.InvariantCulture, out rps) && rps is > 0 and <= 10_000,
                "--duration" => TrySeconds(value, out duration),
                "--target" => Uri.TryCreate(target = value, UriKind.Absolute, out _),
                _ => false,
            };
            if (understood) continue;
            Console.Error.WriteLine($"shop loadgen: cannot take '{options[i]} {value}'; it knows --rps 0.1…10000, --duration SECONDS and --target URL");
            return 2;
        }

        using var generator = new LoadGenerator(new Uri(target), rps, duration);
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await generator.RunAsync(stop.Token);
        return 0;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        Console.WriteLine($"sending {rps:0.#} requests/s to {target}");
        long started = Stopwatch.GetTimestamp();
        long sent = 0;
        var reported = TimeSpan.Zero;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                var elapsed = Stopwatch.GetElapsedTime(started);
                if (duration > TimeSpan.Zero && elapsed >= duration) break;
                for (; sent < elapsed.TotalSeconds * rps; sent++) Send();
                if (elapsed - reported < ReportEvery) continue;
                reported = elapsed;
                Console.WriteLine(_tally);
            }
        }
        catch (OperationCanceledException)
        {
            // The way it is stopped when it has no duration.
        }

        // Requests on their way get their answer before the summary.
        for (int i = 0; i < 200 && Volatile.Read(ref _inFlight) > 0; i++) await Task.Delay(10, CancellationToken.None);
        Console.WriteLine(_tally);
    }

    private void Send()
    {
        if (Volatile.Read(ref _inFlight) >= MaxInFlight)
        {
            _tally.Skip();
            return;
        }

        Interlocked.Increment(ref _inFlight);
        _ = SendAsync(Next());
    }

    private (string Method, string Path) Next()
    {
        int pick = _random.Next(Habits.Sum(habit => habit.Weight));
        var habit = Habits.First(habit => (pick -= habit.Weight) < 0);
        return (habit.Method, habit.Path.Replace("{id}", _random.Next(1, 1000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private async Task SendAsync((string Method, string Path) what)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(what.Method), new Uri(target, what.Path));
            if (what.Method == "POST") request.Content = new ByteArrayContent([]);
            using var response = await _http.SendAsync(request);
            await response.Content.CopyToAsync(Stream.Null);
            _tally.Add((int)response.StatusCode, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            _tally.Add(0, Stopwatch.GetElapsedTime(started));
            Console.Error.WriteLine($"{what.Method} {what.Path} failed: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static bool TrySeconds(string text, out TimeSpan duration)
    {
        bool parsed = double.TryParse(text.TrimEnd('s'), CultureInfo.InvariantCulture, out double seconds) && seconds > 0;
        duration = TimeSpan.FromSeconds(parsed ? seconds : 0);
        return parsed;
    }

    public void Dispose() => _http.Dispose();
}
