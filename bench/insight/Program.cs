using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Bench.Insight;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Configuration;

string home = args[0];
var process = new ProcessCost(int.Parse(args[1], CultureInfo.InvariantCulture));
int workloads = int.Parse(args[2], CultureInfo.InvariantCulture);
var phase = TimeSpan.FromSeconds(int.Parse(args[3], CultureInfo.InvariantCulture));

using var client = new KubernetesClient(KubeConfig.Load(Path.Combine(home, "kubeconfig")).ToOptions(null));
int port = JsonNode.Parse(File.ReadAllText(Path.Combine(home, "state.json")))!["controlPlanePort"]!.GetValue<int>();
var link = new Uri(File.ReadAllText(Path.Combine(home, "dashboard")).Trim());

Console.WriteLine($"{workloads} workloads, {phase.TotalSeconds:0} s a row");
Console.WriteLine("| phase | CPU, % of a core | RSS MB |");
Console.WriteLine("|---|---|---|");
await Fleet.CreateAsync(client, workloads);
await using Fleet fleet = await Fleet.ConnectAsync(client, new Uri($"https://127.0.0.1:{port}"), workloads);
// The control plane has heard of everything, and its garbage is gone.
await Task.Delay(TimeSpan.FromSeconds(15));
await process.PrintAsync("connected, silent", phase);
fleet.StartReporting();
await Task.Delay(TimeSpan.FromSeconds(15));
await process.PrintAsync("a report a second each", phase);
await using (DashboardReader one = await DashboardReader.OpenAsync(link, "stat/deployments", "edges", "stat/services", "proxies"))
{
    await process.PrintAsync("and a dashboard: stat, edges, services, proxies", phase);
    Console.WriteLine($"\nthe dashboard got {one.Events} events, {one.Bytes / phase.TotalSeconds / 1024:0} KB/s");
}
