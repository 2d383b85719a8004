import FoundationEssentials

/// What processes see of their surroundings.
package enum ProcessEnvironment {
    /// What every instance inherits: nothing of this process's secrets.
    private static let inherited = ["PATH", "HOME", "LANG", "TZ"]

    /// This process's.
    package static var current: [String: String] { ProcessInfo.processInfo.environment }

    /// An instance's: the minimal inherited set, then what its service says.
    static func minimal(adding more: [String: String]) -> [String: String] {
        current.filter { inherited.contains($0.key) }.merging(more) { $1 }
    }
}
