using Tulle.Samples.Shop;

return args switch
{
    ["--list"] => Print(string.Join('\n', Roles.All.Select(role => role.Name).Append(LoadGenerator.Role))),
    [LoadGenerator.Role, .. var options] => await LoadGenerator.RunAsync(options),
    [var name] when Roles.Find(name) is { } role => await ShopService.RunAsync(role),
    ["--help" or "-h"] => Print(Usage),
    [] => Print(Usage, exitCode: 2),
    [var name, ..] => Print($"shop: no role '{name}' that takes these arguments; 'shop --list' names the roles", exitCode: 2),
};

static int Print(string text, int exitCode = 0)
{
    (exitCode == 0 ? Console.Out : Console.Error).WriteLine(text);
    return exitCode;
}

internal static partial class Program
{
    private const string Usage = """
        shop: a sample shop of small services, written once and run in roles

        Usage:
          shop ROLE                            one service, on 127.0.0.1:$PORT (default 8080)
          shop loadgen [--rps N] [--duration SECONDS] [--target URL]
                                               traffic for the front end (default 40 requests/s, until stopped)
          shop --list                          names of the roles

        Services call each other by name (http://user-service/users/123) through the proxy in HTTP_PROXY.
        """;
}
