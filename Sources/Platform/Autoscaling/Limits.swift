/// Bounds of the deciders, each with its reason.
enum Limits {
    /// Starts remembered for each tier. Few enough that a machine that changed is believed soon; enough for a median
    /// that one outlier does not move.
    static let startsKept = 9
    /// The longest start that is remembered. What takes longer has been given up by every cold-start timeout.
    static let longestStart = Duration.seconds(3600)
    /// Knative's least target; below it a share of one request would ask for thousands.
    static let leastTarget = 0.01
    /// The most that a decision may ask for before the service's own bound: far above any, and any product fits Int.
    static let mostInstances = 1e6
    /// The latest time that is reckoned with, some thirty million years; a whole second beyond it may not fit Int.
    static let latestTime = Duration.seconds(1 << 50)

    // What WorkPolicy presumes before it has learnt. The first real figures outweigh it.
    static let presumedPrefillSeconds = 1.0 / 2000
    static let presumedDecodeSeconds = 1.0 / 30
    static let presumedPromptTokens = 500.0
    static let presumedGeneratedTokens = 200.0
    static let presumedStart = Duration.seconds(5)
    /// Nothing is known of the first minutes' traffic, so they get room.
    static let presumedHeadroom = 2.0

    /// What is left of a figure's weight when the next one comes: some fifty figures count.
    static let fading = 0.98
    /// Seconds after which an arrival counts for 1/e.
    static let arrivalMemory = 60.0
    /// Seconds over which the very first arrivals are spread.
    static let leastArrivalAge = 2.0
    /// Steps of a forecast: a fluid that halves within a start is still followed.
    static let forecastSteps = 12
    /// Who waits, with instances there, for more than this share of a request's usual duration waits too long.
    static let waitObjective = 0.05
    /// The share of requests that may: somewhat below the hundredth that the 99th percentile shows.
    static let waitingShare = 0.0065
    /// How far one wait moves the headroom, in standard deviations.
    static let headroomStep = 0.1
    /// The most headroom: 2.2 deviations hold all but a hundredth of a random stream; what exceeds them is none.
    static let mostHeadroom = 2.2
    /// The least use: never twice the room that the expected requests take, whatever the deviation of so few.
    static let leastUse = 0.5
    /// How long fewer instances must have sufficed, unless the service asks for longer: less than Knative's stable
    /// window, because the maximum over a span falls later than an average over it.
    static let scaleDownHold = Duration.seconds(40)
    /// How often the load is looked at when nothing happens.
    static let checkInterval = Duration.seconds(1)

    // Inputs beyond these are cut: they are mistakes, and products of what is within them stay finite.
    static let longestRequest = Duration.seconds(86_400)
    static let mostTokens = 10_000_000
    static let mostNeighbours = 1_000
    static let leastSeconds = 1e-3
    /// No mix of requests is believed to be this many times heavier or lighter than usual.
    static let mostRelativeSize = 100.0
}
