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
    static let presumedHeadroom = 1.5

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
    static let waitingShare = 0.008
    /// How far one wait moves the headroom, in standard deviations. Waits come in clusters: ten together widen it by a
    /// half, not by all there is.
    static let headroomStep = 0.05
    /// The most headroom: 1.9 deviations, and what rounding up to whole instances adds, hold nearly all of a random
    /// stream. What exceeds them comes in batches, and against those more headroom costs hours and spares no wait.
    static let mostHeadroom = 1.9
    /// The least use: never twice the room that the expected requests take, whatever the deviation of so few.
    static let leastUse = 0.5
    /// How many seconds fewer instances may have sufficed before one is let go, unless the service asks for longer:
    /// less than Knative's stable window, because the maximum over a span falls later than an average over it. A
    /// shorter one than 20 s would let go within the noise of any load.
    static let holds = [20.0, 30, longestHold]
    static let longestHold = 45.0
    /// How many instance seconds the square of a start's seconds is worth: the longer it takes, the more requests come
    /// meanwhile, and the longer each of them waits.
    static let startWeight = 8.0
    /// What is left of a gap's weight when the next one comes: some two hundred count.
    static let gapFading = 0.995
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
