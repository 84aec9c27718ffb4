using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Check;

/// <summary>Runs checks in order and stops at the first fatal failure: what follows could only repeat it.</summary>
internal static class CheckRunner
{
    public static async Task<IReadOnlyList<CheckedCategory>> RunAsync(IEnumerable<CheckCategory> categories, CancellationToken stop)
    {
        List<CheckedCategory> done = [];
        foreach (CheckCategory category in categories)
        {
            List<CheckedItem> items = [];
            done.Add(new CheckedCategory(category.Name, items));
            foreach (Check check in category.Checks)
            {
                CheckOutcome outcome = await OutcomeAsync(check, stop);
                items.Add(new CheckedItem(check, outcome));
                if (outcome.Result == CheckResult.Error && check.Fatal)
                {
                    return done;
                }
            }
        }
        return done;
    }

    private static async Task<CheckOutcome> OutcomeAsync(Check check, CancellationToken stop)
    {
        try
        {
            return await check.RunAsync(stop);
        }
        catch (ApiUnreachableException exception)
        {
            return CheckOutcome.Bad(exception.Message, ApiTrouble.Remedy(exception, "start a mesh with 'tulle up', or name another one with --kubeconfig"));
        }
        catch (ApiStatusException exception)
        {
            return CheckOutcome.Bad(
                $"the API answered: {exception.Message}", ApiTrouble.Remedy(exception) is { Length: > 0 } remedy ? remedy : "look into the control plane's log with 'tulle logs tulle'");
        }
        catch (CliException exception)
        {
            return CheckOutcome.Bad(exception.Message, "");
        }
    }
}
