/// Bounds of the running platform, with their reasons.
enum Limits {
    /// Of the machine's memory, one in so many bytes may become one instance's keys and values by default: four
    /// instances and their weights still fit.
    static let kvShareOfMachine = 8
    /// Tokens of context that a stretched model is planned for at most; the engine has the same bound.
    static let context = 1 << 27
    /// What a native instance takes beside weights, keys and values: buffers of its largest step, code, stacks.
    static let nativeOverheadBytes = 256 << 20
    /// Between two looks at the clock when nothing asks for an earlier one: warm schedules begin with minutes.
    static let tickInterval = Duration.seconds(1)
    /// Between two looks at the clock at least: decisions a few milliseconds late harm nobody.
    static let shortestTick = Duration.milliseconds(10)
    /// How long instances get to end when the platform does; their own grace period is shorter.
    static let shutdownGrace = Duration.seconds(45)
    /// Between two writings of what autoscaling has learnt: a killed platform loses as much.
    static let saveInterval = Duration.seconds(30)
    /// Between two points of the history that charts show.
    static let historyInterval = Duration.seconds(10)
    /// Points that are kept: six hours, at some hundred bytes for each service.
    static let historyPoints = 2_160
    /// Logs of a service's instances that stay in the data folder: some weeks of waking a few times a day.
    static let keptLogs = 100
    /// Lines of one instance's log that a page gets at most.
    static let logLines = 1_000
    /// Logs of a service's instances that a page gets: those that run, and the one before.
    static let logsOfService = 4
    /// What "tokens a second" looks back on.
    static let speedWindow = Duration.seconds(5)
}
