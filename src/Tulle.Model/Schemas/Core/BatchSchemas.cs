using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>Job and CronJob.</summary>
internal static class BatchSchemas
{
    private static readonly Schema JobSpec = Shape.Object("What is to be done.",
        Of("template", PodTemplate).Required(),
        Count("parallelism", "Pods at one time."),
        Count("completions", "Pods that must succeed."),
        Text("completionMode", "Whether completions are counted or numbered."),
        Count("backoffLimit", "Retries before it has failed."),
        Count("backoffLimitPerIndex", "Retries of each number."),
        Count("maxFailedIndexes", "Numbers that may fail."),
        Integer("activeDeadlineSeconds", "Seconds it may take.", 0, long.MaxValue),
        Count("ttlSecondsAfterFinished", "Seconds it is kept when it is done."),
        Of("selector", LabelSelector, "Which pods are its own; set by the server."),
        Flag("manualSelector", "Whether the selector is the author's."),
        Flag("suspend", "Whether it waits."),
        Any("podFailurePolicy", "Which failures count."),
        Any("successPolicy", "When it has succeeded."),
        Text("podReplacementPolicy", "When a pod is replaced."),
        Text("managedBy", "Which controller looks after it."));

    public static readonly ResourceKind Job = Kind("Job", "jobs", [], "Work that is done once.",
        Of("spec", JobSpec),
        new Field("status", Shape.Object("How far it is.",
            Count("active", "Pods that run."), Count("succeeded", "Pods that succeeded."), Count("failed", "Pods that failed."), Count("ready", "Pods that are ready."),
            Time("startTime", "When it began."), Time("completionTime", "When it was done."), Conditions) with { PreserveUnknown = true }));

    public static readonly ResourceKind CronJob = Kind("CronJob", "cronjobs", ["cj"], "Work that is done at set times.",
        Object("spec", "What is to be done, and when.",
            Text("schedule", "When, in cron's form.").Required(),
            Text("timeZone", "Time zone of the schedule."),
            Choice("concurrencyPolicy", "What happens while the last run still runs.", "Allow", "Forbid", "Replace"),
            Flag("suspend", "Whether it waits."),
            Integer("startingDeadlineSeconds", "Seconds a run may be late.", 0, long.MaxValue),
            Count("successfulJobsHistoryLimit", "Runs that succeeded and are kept."),
            Count("failedJobsHistoryLimit", "Runs that failed and are kept."),
            Object("jobTemplate", "The job of each run.", Of("metadata", ObjectMetaSchema.Metadata), Of("spec", JobSpec)).Required()),
        Object("status", "What has run.",
            List("active", "Jobs that run.", ObjectReference), Time("lastScheduleTime", "When it last ran."), Time("lastSuccessfulTime", "When it last succeeded.")));

    private static ResourceKind Kind(string kind, string plural, IReadOnlyList<string> shortNames, string description, Field spec, Field status) => new()
    {
        Group = "batch",
        Versions = ["v1"],
        Kind = kind,
        Plural = plural,
        ShortNames = shortNames,
        Categories = ["all"],
        HasStatus = true,
        Schema = Shape.Object(description, spec, status),
    };
}
