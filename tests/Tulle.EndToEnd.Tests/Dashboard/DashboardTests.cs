namespace Tulle.EndToEnd.Tests.Dashboard;

/// <summary>The dashboard in a real browser, on the running demo; the scenarios themselves are in <c>Apps/dashboard/scenarios</c>.</summary>
public sealed class DashboardTests(DashboardRun run) : IClassFixture<DashboardRun>
{
    private static readonly string[] Scenarios =
    [
        "overview_isInteractiveWithinASecond",
        "overview_numbersEqualStat",
        "tap_rowsAppear_pauseAndOpen",
        "topology_injectedError_turnsTheEdgeRed",
        "traces_searchAndWaterfall",
        "workload_chartsZoomAndCompare",
        "address_holdsTheState_backForwardAndReloadKeepIt",
        "keyboard_reachesNavigationTableAndGraph",
        "stream_broken_isSaidToBeStale_andComesBack",
        "theme_followsTheSystem_untilItIsChosen",
        "canary_changedMeanwhile_isAConflictThatIsSolved",
        "canary_movedByTheSlider_changesTraffic",
        "commands_shownOnEachPage_areUnderstood",
        "overview_with150Workloads_isSmooth",
        "topology_with150Workloads_isSmooth_andDoesNotJump",
        "accessibility_noSeriousFinding_onAnyPage",
        "screenshots_ofEveryPage_fitTheirWidth",
        "console_hasNoErrors_andNoViolations",
    ];

    public static TheoryData<string> Names => [.. Scenarios];

    [Theory]
    [MemberData(nameof(Names))]
    public void Dashboard_OnTheDemo_Does(string scenario) => Assert.True(run.FailureOf(scenario) is null, run.FailureOf(scenario));

    [Fact]
    public async Task Scenarios_OfTheBrowser_AreAllReported() => Assert.Equal(Scenarios, await DashboardRun.ListAsync());
}
