package import Autoscaling

/// The policies that a replay can try.
package enum SimulatedPolicy: String, Sendable, CaseIterable {
    case pronk, kpa

    package var policy: any ScalingPolicy {
        switch self {
        case .pronk: WorkPolicy()
        case .kpa: KnativePolicy()
        }
    }
}

/// Replays one trace through several policies under the same conditions.
package enum PolicyComparison {
    /// Results in the order of `policies`, the oracle's bound last when there are several.
    package static func run(
        _ trace: Trace, policies: [SimulatedPolicy], settings: ReplaySettings
    ) throws(SimulationError) -> [ReplayResult] {
        try settings.validate()
        var results = policies.map {
            TraceReplay.run(trace, policy: $0.policy, named: $0.rawValue, settings: settings)
        }
        if policies.count > 1 { results.append(Oracle.bound(trace, settings: settings)) }
        return results
    }
}

extension ReplaySettings {
    /// Throws what is wrong with the settings, by the name of the option that sets it.
    package func validate() throws(SimulationError) {
        func require(_ value: Double, in range: ClosedRange<Double>, _ name: String) throws(SimulationError) {
            guard range.contains(value) else {
                throw SimulationError(
                    .invalidSetting,
                    "\(name) is \(value); it must lie between \(range.lowerBound) and \(range.upperBound).")
            }
        }
        try require(Double(limits.maximum), in: 1...Double(Limits.instances), "max")
        try require(limits.target, in: 0.01...100_000, "target")
        try require(limits.idle / .seconds(1), in: 0...Limits.longestIdle, "idle")
        try require(limits.scaleDownDelay / .seconds(1), in: 0...Limits.longestIdle, "scale-down-delay")
        try require(Double(model.concurrency), in: 1...100_000, "concurrency")
        try require(model.prefillRate, in: Limits.rates, "prefill-rate")
        try require(model.decodeRate, in: Limits.rates, "decode-rate")
        try require(model.decodeCeiling, in: Limits.rates, "decode-ceiling")
        try require(model.timeToReady, in: 0...Limits.longestStart, "time-to-ready")
        try require(model.timeToReadySpread, in: 0...3, "time-to-ready-spread")
    }
}
