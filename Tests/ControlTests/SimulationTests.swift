import Control
import Foundation
import Testing

@Suite struct SimulationTests {
    /// Replays one: `make simulate SEED=123`.
    private static let replayed = ProcessInfo.processInfo.environment["PRONK_SEED"].flatMap(UInt64.init)
    private static let seeds: Range<UInt64> = replayed.map { $0..<$0 + 1 } ?? 0..<2000

    @Test("no request is lost, doubled or cut and no instance forgotten, whatever fails, with 2,000 seeds")
    func everySeed() {
        for seed in Self.seeds {
            var simulation = PlatformSimulation(seed: seed, isLogging: Self.replayed != nil)
            do {
                try simulation.run()
            } catch {
                if Self.replayed != nil { simulation.show() }
                Issue.record(
                    Comment(rawValue: "\(error), at \(simulation.now); `make simulate SEED=\(seed)` replays it"))
                return
            }
        }
    }
}
