import Benchmarking

/// A load with the name that tables give it.
struct NamedLoad: Sendable {
    var name: String
    /// Clients, or requests a second.
    var level: Double
    var settings: LoadSettings

    /// Gives every load words of its own, new ones at every start: what an engine remembers helps none of them.
    static func withOwnPrompts(_ loads: [NamedLoad]) -> [NamedLoad] {
        loads.map { load in
            var load = load
            load.settings.promptSeed = UInt64.random(in: 0...UInt64.max)
            return load
        }
    }
}

extension LoadSettings {
    /// Connections that the load may need at a time.
    var connections: Int {
        if case .clients(let count) = arrivals { return count }
        return Limits.inFlight
    }
}
