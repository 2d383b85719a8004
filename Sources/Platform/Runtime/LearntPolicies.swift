package import Autoscaling
package import Control
import Foundation

/// What the deciders have learnt, kept in the data folder, so that a restart changes nothing.
package struct LearntPolicies {
    private struct File: Codable {
        /// Seconds since 1970.
        var time: Double
        var policies: [String: WorkPolicy]
    }
    private let path: String

    package init(folder: String) { path = folder + "/autoscaling.json" }

    /// Gives each service the policy that its settings name, with what is known. What cannot be read any more is learnt
    /// again, and so is what was learnt in the future of a calendar that was set back.
    package func maker(now: Duration) -> @Sendable (ServiceSettings) -> any ScalingPolicy {
        let data = try? Data(contentsOf: URL(filePath: path))
        let file = data.flatMap { try? JSONDecoder().decode(File.self, from: $0) }
        let known = file.flatMap { $0.time <= now.seconds ? $0.policies : nil } ?? [:]
        return { settings in
            switch settings.policy {
            case .pronk: known[settings.name] ?? WorkPolicy()
            case .kpa: KnativePolicy(now: now)
            }
        }
    }

    package func save(_ policies: [String: WorkPolicy], now: Duration) throws {
        let data = try JSONEncoder().encode(File(time: now.seconds, policies: policies))
        try data.write(to: URL(filePath: path), options: .atomic)
    }
}
