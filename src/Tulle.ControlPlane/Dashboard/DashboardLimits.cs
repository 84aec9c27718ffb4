namespace Tulle.ControlPlane.Dashboard;

/// <summary>What the dashboard's listener takes at most.</summary>
internal sealed record DashboardLimits
{
    /// <summary>Connections at one time; more are closed at once. A browser opens six.</summary>
    public int Connections { get; init; } = 128;

    /// <summary>Bytes of a request's body. Mesh objects have some kilobytes.</summary>
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of a request line; a stream's has its questions in it.</summary>
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>Event streams at one time: tabs that are open.</summary>
    public int Streams { get; init; } = 32;

    /// <summary>Questions of one stream.</summary>
    public int QuestionsPerStream { get; init; } = 16;

    /// <summary>Characters of one question.</summary>
    public int QuestionLength { get; init; } = 1024;

    /// <summary>Bytes of the answer to a question of a stream: about what 10,000 rows of <c>stat</c> take.</summary>
    public int AnswerBytes { get; init; } = 4 * 1024 * 1024;
}
