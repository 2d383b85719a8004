import Autoscaling
import Control
import Foundation

/// What the deciders have learnt, kept in the data folder, so that a restart changes nothing.
struct LearntPolicies {
    private let path: String

    init(folder: String) { path = folder + "/autoscaling.json" }

    /// Gives each service the policy that its settings name, with what is known. What cannot be read any more is learnt
    /// again.
    func maker(now: Duration) -> @Sendable (ServiceSettings) -> any ScalingPolicy {
        let data = try? Data(contentsOf: URL(filePath: path))
        let known = data.flatMap { try? JSONDecoder().decode([String: WorkPolicy].self, from: $0) } ?? [:]
        return { settings in
            switch settings.policy {
            case .pronk: known[settings.name] ?? WorkPolicy()
            case .kpa: KnativePolicy(now: now)
            }
        }
    }

    func save(_ policies: [String: WorkPolicy]) throws {
        try JSONEncoder().encode(policies).write(to: URL(filePath: path), options: .atomic)
    }
}
