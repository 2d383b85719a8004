/// What a reload changes, between the configuration that runs and the one that the file says now.
///
/// | what changed | what happens |
/// | --- | --- |
/// | limits of a service: scale, defaults, price, keepsAwake, sharedPrefixCache | holds from now on; instances stay |
/// | what runs: engine, resources, environment, arguments, health path | instances are replaced one by one |
/// | the gateway's auth, domains and limits | holds from now on |
/// | where and how the gateway listens, where data is stored | waits for a restart, and the old value holds |
package struct ConfigurationChange: Sendable, Equatable {
    /// One service that is in both.
    package struct Service: Sendable, Equatable {
        package var name: String
        /// Keys below the service, as in `scale.max`.
        package var live: [String]
        /// Not empty: its instances must be replaced.
        package var replacing: [String]

        package var replacesInstances: Bool { !replacing.isEmpty }
    }
    package private(set) var added: [String] = []
    package private(set) var removed: [String] = []
    package private(set) var changed: [Service] = []
    /// Paths of the gateway that hold from now on.
    package private(set) var live: [String] = []
    /// Paths whose new values wait for a restart.
    package private(set) var needsRestart: [String] = []
    /// What to run with now: the new configuration, with the running values where a restart is needed. The next reload
    /// is compared with this one.
    package private(set) var applicable: Configuration

    package init(from running: Configuration, to new: Configuration) {
        applicable = new
        compareServices(running.services, new.services)
        compareGateway(running.gateway, new.gateway)
        if running.chat != new.chat {
            needsRestart.append("chat.transcription")
            applicable.chat = running.chat
        }
        if running.storage != new.storage {
            needsRestart.append("storage.database")
            applicable.storage = running.storage
        }
    }

    package var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && live.isEmpty && needsRestart.isEmpty
    }

    /// One line for each thing that happens, for the log.
    package var lines: [String] {
        var lines = added.map { "service \($0) is new" }
        lines += removed.map { "service \($0) is gone; its instances finish what they do" }
        for service in changed {
            if service.replacesInstances {
                let keys = service.replacing.joined(separator: ", ")
                lines.append("service \(service.name): \(keys) changed; its instances are replaced one by one")
            }
            if !service.live.isEmpty {
                lines.append("service \(service.name): \(service.live.joined(separator: ", ")) changed and holds now")
            }
        }
        if !live.isEmpty { lines.append("\(live.joined(separator: ", ")) changed and holds now") }
        lines += needsRestart.map { "\($0) changed, which needs a restart; until then the old value holds" }
        return lines
    }

    private mutating func compareServices(_ running: [ServiceConfiguration], _ new: [ServiceConfiguration]) {
        let before = Dictionary(running.map { ($0.name, $0) }) { first, _ in first }
        let after = Set(new.map(\.name))
        removed = running.map(\.name).filter { !after.contains($0) }
        for service in new {
            guard let old = before[service.name] else {
                added.append(service.name)
                continue
            }
            let change = Service(
                name: service.name, live: Self.live(old, service), replacing: Self.replacing(old, service))
            if !change.live.isEmpty || change.replacesInstances { changed.append(change) }
        }
    }

    private static func live(_ old: ServiceConfiguration, _ new: ServiceConfiguration) -> [String] {
        var keys: [String] = []
        func compare<Value: Equatable>(_ key: String, _ value: (ServiceConfiguration) -> Value) {
            if value(old) != value(new) { keys.append(key) }
        }
        compare("scale.min") { $0.scale.min }
        compare("scale.max") { $0.scale.max }
        compare("scale.target") { $0.scale.target }
        compare("scale.policy") { $0.scale.policy }
        compare("scale.idle") { $0.scale.idle }
        compare("scale.coldStart") { $0.scale.coldStart }
        compare("scale.scaleDownDelay") { $0.scale.scaleDownDelay }
        compare("scale.queue") { $0.scale.queue }
        compare("scale.warm") { $0.scale.warm }
        if !new.isNative { compare("scale.concurrency") { $0.scale.concurrency } }
        compare("health.keepsAwake") { $0.health.keepsAwake }
        compare("defaults") { $0.defaults }
        compare("price") { $0.price }
        compare("sharedPrefixCache") { $0.sharesPrefixCache }
        return keys
    }

    private static func replacing(_ old: ServiceConfiguration, _ new: ServiceConfiguration) -> [String] {
        var keys: [String] = []
        func compare<Value: Equatable>(_ key: String, _ value: (ServiceConfiguration) -> Value) {
            if value(old) != value(new) { keys.append(key) }
        }
        compare("engine") { $0.engine }
        compare("resources") { $0.resources }
        compare("environment") { $0.environment }
        compare("arguments") { $0.arguments }
        compare("health.path") { $0.health.path }
        // A native engine is told how many requests it computes together when it starts.
        if new.isNative { compare("scale.concurrency") { $0.scale.concurrency } }
        return keys
    }

    private mutating func compareGateway(_ running: GatewaySettings, _ new: GatewaySettings) {
        if running.listen != new.listen { needsRestart.append("gateway.listen") }
        if running.tls != new.tls { needsRestart.append("gateway.tls") }
        if !needsRestart.isEmpty {
            applicable.gateway.listen = running.listen
            applicable.gateway.tls = running.tls
            applicable.gateway.insecure = running.insecure
        }
        if running.domains != new.domains { live.append("gateway.domains") }
        if running.limits != new.limits { live.append("gateway.limits") }
        guard running.auth != new.auth else { return }
        // The file was checked with its own listener; the one that runs may be open to other machines.
        if new.auth == .open, !running.listen.isLoopback {
            needsRestart.append("gateway.auth")
            applicable.gateway.auth = running.auth
        } else {
            live.append("gateway.auth")
        }
    }
}

extension ServiceConfiguration {
    fileprivate var isNative: Bool {
        if case .native = engine { true } else { false }
    }
}
