/// Knative's pod autoscaler (KPA), exactly: the reference that our own policy is measured against, and a choice for
/// those who know it (`scale: { policy: kpa }`).
///
/// Source: knative/serving `pkg/autoscaler/scaling` and `pkg/reconciler/autoscaling/kpa`. Names there and here: target
/// value T = `ScalingLimits.target`, total value = T / 0.7, scale-down delay = `ScalingLimits.scaleDownDelay`. The last
/// pod's retention begins when the stable window is empty, so it is `ScalingLimits.idle` less that window: under either
/// policy nothing runs `idle` after the last request. Requests in the system are counted exactly; Knative samples pods
/// above three, with the same expectation.
///
/// | | desired |
/// | --- | --- |
/// | stable | average of 60 s / T, at least half of what is ready |
/// | panic: the average of 6 s asks for twice what is ready | the most that either window asked for in this panic |
/// | idle for the stable window | still what there is, the activator in the path |
/// | idle for max(30 s, retention) more | none |
package struct KnativePolicy: ScalingPolicy {
    package let settings: KnativeSettings
    /// Room for a burst beyond the present load, in requests; below zero the activator stays in the path.
    package private(set) var excessBurstCapacity = -1
    package private(set) var isActivatorInPath = true
    /// Activators that share the service.
    package private(set) var activators = 2

    private var window: ConcurrencyWindow
    private var inSystem = 0
    private var delayed = MaximumWindow()
    private var panicSince: Duration?
    private var mostInPanic = 0
    private var hasReachedInitialScale: Bool
    /// Since when an instance has been ready without a break.
    private var activeSince: Duration?
    private var inactiveSince: Duration?
    private var lastTick: Duration?
    private var last = ScalingDecision(desired: 0, reason: "nothing was asked yet")

    /// With `ready` instances already there, as after a restart, it starts in panic at that many.
    package init(settings: KnativeSettings = KnativeSettings(), ready: Int = 0, now: Duration = .zero) {
        self.settings = settings
        window = ConcurrencyWindow(seconds: settings.stableWindow)
        hasReachedInitialScale = settings.initialScale <= 0
        if ready > 1 {
            panicSince = now
            mostInPanic = ready
        }
    }

    package var isInPanic: Bool { panicSince != nil }

    package mutating func record(_ event: LoadEvent, now: Duration) {
        switch event {
        case .arrived: inSystem += 1
        case .finished: inSystem = max(0, inSystem - 1)
        case .dispatched, .instanceReady, .instanceFailed: return
        }
        window.observe(Double(inSystem), isReporting: true, now: now)
    }

    package mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        // Requests that were given up tell nobody, so what the fleet holds is the truth.
        inSystem = fleet.queue.requests + fleet.instances.reduce(0) { $0 + $1.inFlight }
        window.observe(Double(inSystem), isReporting: inSystem > 0 || !fleet.instances.isEmpty, now: now)

        let isPoked = last.desired == 0 && fleet.queue.requests > 0
        if let lastTick, now < lastTick + settings.tick, !isPoked {
            last.desired = bounded(last.desired, fleet)
            return last
        }
        lastTick = now
        last = tick(fleet, now: now)
        // At zero only a request changes anything.
        let isAsleep = last.desired == 0 && fleet.instances.isEmpty && inSystem == 0 && panicSince == nil
        last.nextCheck = isAsleep ? nil : now + settings.tick
        return last
    }

    private mutating func tick(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        let ready = fleet.instances.count { $0.phase == .ready }
        let stable = window.average(over: settings.stableWindow)
        let panic = window.average(over: settings.panicWindow)
        var desired = desired(stable: stable, panic: panic, ready: ready, target: fleet.limits.target, now: now)

        if fleet.limits.scaleDownDelay > .zero {
            desired = delayed.record(desired, now: now, span: fleet.limits.scaleDownDelay)
        } else {
            delayed.reset()
        }
        updateBurstCapacity(ready: ready, panic: panic, target: fleet.limits.target)

        let isScaledToZero = desired == 0
        if ready >= settings.initialScale { hasReachedInitialScale = true }
        desired = bounded(desired, fleet)
        if isScaledToZero && desired == 0 {
            desired = afterIdling(fleet, ready: ready, now: now)
        } else {
            inactiveSince = nil
        }
        activeSince = ready == 0 ? nil : activeSince ?? now
        isActivatorInPath = desired == 0 || inactiveSince != nil || excessBurstCapacity < 0
        return ScalingDecision(
            desired: desired,
            reason:
                "Knative: \(rounded(stable)) requests on average of \(settings.stableWindow) s, \(rounded(panic)) of "
                + "\(settings.panicWindow) s, \(rounded(fleet.limits.target)) for each of \(ready) ready"
                + (isInPanic ? ", in panic at \(mostInPanic)" : "")
                + (inactiveSince == nil ? "" : ", idle") + ".")
    }

    private mutating func desired(stable: Double, panic: Double, ready: Int, target: Double, now: Duration) -> Int {
        let present = Double(max(1, ready))
        let target = max(Limits.leastTarget, target)
        let up = (settings.maximumScaleUpRate * present).rounded(.up)
        let down = settings.isReachable ? (present / settings.maximumScaleDownRate).rounded(.down) : 0
        let wantedStable = (stable / target).rounded(.up)
        let wantedPanic = (panic / target).rounded(.up)
        var stableCount = Int(min(max(wantedStable, down), up, Limits.mostInstances))
        var panicCount = Int(min(max(wantedPanic, down), up, Limits.mostInstances))
        if settings.activationScale > 1 {
            if wantedStable > 0 { stableCount = max(stableCount, settings.activationScale) }
            if wantedPanic > 0 { panicCount = max(panicCount, settings.activationScale) }
        }

        if wantedPanic / present >= settings.panicThreshold {
            panicSince = now
        } else if let since = panicSince, since + .seconds(settings.stableWindow) < now {
            panicSince = nil
            mostInPanic = 0
        }
        guard panicSince != nil else { return stableCount }
        mostInPanic = max(mostInPanic, stableCount, panicCount)
        return mostInPanic
    }

    private mutating func updateBurstCapacity(ready: Int, panic: Double, target: Double) {
        let total = max(Limits.leastTarget, target) / settings.targetUtilization
        let capacity = min(Double(ready) * total, Limits.mostInstances)
        switch settings.targetBurstCapacity {
        case 0: excessBurstCapacity = 0
        case ..<0: excessBurstCapacity = -1
        default:
            let excess = (capacity - settings.targetBurstCapacity - panic).rounded(.down)
            excessBurstCapacity = Int(max(excess, -Limits.mostInstances))
        }
        activators = max(2, Int(((capacity + max(0, settings.targetBurstCapacity)) / 100).rounded(.up)))
    }

    /// What stays while nothing is asked for: the instances keep their time of grace.
    private mutating func afterIdling(_ fleet: FleetView, ready: Int, now: Duration) -> Int {
        let present = fleet.instances.count { $0.phase != .draining }
        guard present > 0 else { return 0 }
        guard ready > 0 else { return bounded(1, fleet) }
        guard let activeSince, now - activeSince >= .seconds(settings.stableWindow) else { return bounded(1, fleet) }
        let since = inactiveSince ?? now
        inactiveSince = since
        let retention = max(settings.scaleToZeroGracePeriod, fleet.limits.idle - .seconds(settings.stableWindow))
        return now - since < retention ? bounded(present, fleet) : 0
    }

    private func bounded(_ desired: Int, _ fleet: FleetView) -> Int {
        var least = max(fleet.limits.minimum, fleet.isKeptWarm ? 1 : 0)
        if !hasReachedInitialScale { least = max(least, settings.initialScale) }
        return max(0, min(max(desired, least), fleet.limits.maximum))
    }

    private func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
