using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Bench.Insight;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Configuration;

if (args[0] == "history")
{
    await using var history = new HistoryBench(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), double.Parse(args[3], CultureInfo.InvariantCulture));
    history.Run();
    return;
}

string home = args[0];
var process = new ProcessCost(int.Parse(args[1], CultureInfo.InvariantCulture));
int workloads = int.Parse(args[2], CultureInfo.InvariantCulture);
var phase = TimeSpan.FromSeconds(int.Parse(args[3], CultureInfo.InvariantCulture));
bool silent = args[4] == "silent";
var longer = TimeSpan.FromMinutes(int.Parse(args[5], CultureInfo.InvariantCulture));

using var client = new KubernetesClient(KubeConfig.Load(Path.Combine(home, "kubeconfig")).ToOptions(null));
int port = JsonNode.Parse(File.ReadAllText(Path.Combine(home, "state.json")))!["controlPlanePort"]!.GetValue<int>();
var link = new Uri(File.ReadAllText(Path.Combine(home, "dashboard")).Trim());

await Fleet.CreateAsync(client, workloads);
await using Fleet fleet = await Fleet.ConnectAsync(client, new Uri($"https://127.0.0.1:{port}"), workloads);
if (!silent) fleet.StartReporting();
// Both kinds of mesh are measured at the same age: the control plane has heard of everything, and proxies of their pace.
await Task.Delay(TimeSpan.FromSeconds(25));
if (silent)
{
    await process.PrintAsync("connected, nothing reported", phase);
    if (longer == TimeSpan.Zero) return;
    await Task.Delay(longer);
    await process.PrintAsync($"and {longer.TotalMinutes:0} minutes later", phase);
    return;
}

await MeasureAsync("proxies report, nobody looks");
await using (DashboardReader one = await DashboardReader.OpenAsync(link, "stat/deployments", "edges", "stat/services", "proxies"))
{
    // The proxies hear that somebody looks.
    await Task.Delay(TimeSpan.FromSeconds(5));
    (long events, long bytes) = (one.Events, one.Bytes);
    await MeasureAsync("and a dashboard follows stat, edges, services, proxies");
    if (longer > TimeSpan.Zero)
    {
        await Task.Delay(longer);
        (events, bytes) = (one.Events, one.Bytes);
        await MeasureAsync($"and has followed them for {longer.TotalMinutes:0} minutes");
    }
    Console.WriteLine($"\nThe dashboard got {(one.Events - events) / phase.TotalSeconds:0.0} answers a second, {(one.Bytes - bytes) / phase.TotalSeconds / 1024:0} KB/s.");
}

async Task MeasureAsync(string what)
{
    long before = fleet.Reports;
    var watch = Stopwatch.StartNew();
    await process.PrintAsync(what, phase, () => string.Create(CultureInfo.InvariantCulture, $"{(fleet.Reports - before) / watch.Elapsed.TotalSeconds:0}"));
}
