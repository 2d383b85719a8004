/// Counts what happens in a replay.
struct ReplayTally: Sendable {
    private let requests: [TracedRequest]
    private let model: ServiceModel
    private var waits: [Double] = []
    private var firstTokens: [Double] = []
    private var slowdowns: [Double] = []
    private var refused = 0
    private var starts = 0
    private var coldStarts = 0
    private var waitedForStart: Set<Int> = []
    private var seconds = 0.0
    private var most = 0
    private var flaps = 0
    private var lastLetGo = -Double.infinity
    private var unusedReleases = 0

    init(_ trace: Trace, model: ServiceModel) {
        requests = trace.requests
        self.model = model
        waits.reserveCapacity(requests.count)
    }

    mutating func refused(_ index: Int) { refused += 1 }

    mutating func handedOver(_ index: Int, now: Double) { waits.append(now - requests[index].arrival) }

    mutating func finished(_ index: Int, firstTokenAt: Double, now: Double) {
        firstTokens.append(firstTokenAt - requests[index].arrival)
        let solo = model.soloSeconds(requests[index])
        if solo > 0 { slowdowns.append((now - requests[index].arrival) / solo) }
    }

    /// Answers the number of the instance.
    mutating func started(isCold: Bool, now: Double) -> Int {
        starts += 1
        coldStarts += isCold ? 1 : 0
        if unusedReleases > 0, now - lastLetGo <= 60 {
            flaps += 1
            unusedReleases -= 1
        }
        return starts
    }

    mutating func ready(_ instance: SimulatedInstance, waiting: ArraySlice<Int>) {
        waitedForStart.formUnion(waiting)
    }

    mutating func letGo(now: Double) {
        if now - lastLetGo > 60 { unusedReleases = 0 }
        lastLetGo = now
        unusedReleases += 1
    }

    mutating func ended(_ instance: SimulatedInstance, now: Double) { seconds += now - instance.startedAt }

    mutating func present(_ count: Int) { most = max(most, count) }

    mutating func end(_ instances: [SimulatedInstance], now: Double) {
        for instance in instances { ended(instance, now: now) }
    }

    func result(policy: String) -> ReplayResult {
        var result = ReplayResult(policy: policy, requests: requests.count)
        result.refused = refused
        result.starts = starts
        result.coldStarts = coldStarts
        result.requestsThatWaitedForAStart = waitedForStart.count
        result.waitP50 = Statistics.percentile(0.5, of: waits)
        result.waitP99 = Statistics.percentile(0.99, of: waits)
        result.waitMean = Statistics.mean(waits)
        result.firstTokenP99 = Statistics.percentile(0.99, of: firstTokens)
        result.slowdownMean = Statistics.mean(slowdowns)
        result.instanceHours = seconds / 3600
        result.mostInstances = most
        result.flaps = flaps
        return result
    }
}
