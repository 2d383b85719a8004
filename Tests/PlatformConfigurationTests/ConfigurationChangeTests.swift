import PlatformConfiguration
import Testing

@Suite struct ConfigurationChangeTests {
    private let text = """
        services:
          - { name: a, engine: native, model: m }
          - { name: b, engine: command, command: [x] }
        """

    /// What changes from `text` to another file.
    private func change(to new: String) throws -> ConfigurationChange {
        ConfigurationChange(from: try Samples.read(text).configuration, to: try Samples.read(new).configuration)
    }

    @Test("nothing changes where nothing changed, wherever the values come from")
    func nothing() throws {
        let change = try change(to: text + "\ngateway: { listen: 127.0.0.1:7860 }")
        #expect(change.isEmpty && change.lines.isEmpty)
    }

    @Test("names services that come and go")
    func services() throws {
        let change = try change(to: text.replacing("name: b", with: "name: c"))
        #expect(change.added == ["c"] && change.removed == ["b"] && change.changed.isEmpty)
        #expect(change.lines.count == 2)
    }

    @Test(
        "limits hold at once and what runs is replaced",
        arguments: [
            (
                "a", "scale: { min: 1, max: 4, target: 2, idle: 1m }",
                ["scale.min", "scale.max", "scale.target", "scale.idle"], []
            ),
            (
                "a", "scale: { policy: kpa, queue: 3, coldStart: 3s, scaleDownDelay: 3s }",
                [
                    "scale.policy", "scale.coldStart", "scale.scaleDownDelay", "scale.queue",
                ], []
            ),
            ("a", "scale: { warm: [daily 1:00-2:00 UTC] }", ["scale.warm"], []),
            ("a", "defaults: { max_tokens: 3 }", ["defaults"], []),
            ("a", "price: { perInstanceHour: 3, currency: EUR }", ["price"], []),
            ("a", "sharedPrefixCache: true", ["sharedPrefixCache"], []),
            ("a", "health: { path: /x, keepsAwake: true }", ["health.keepsAwake"], ["health.path"]),
            (
                "a", "resources: { cores: 1 }, environment: { A: b }, arguments: [c]", [],
                [
                    "resources", "environment", "arguments",
                ]
            ),
            ("a", "scale: { concurrency: 9 }", [], ["scale.concurrency"]),
            ("b", "scale: { concurrency: 9 }", ["scale.concurrency"], []),
        ] as [(String, String, [String], [String])])
    func fields(service: String, keys: String, live: [String], replacing: [String]) throws {
        let end = service == "a" ? "model: m" : "command: [x]"
        let change = try change(to: text.replacing(end, with: "\(end), \(keys)"))
        #expect(change.changed.map(\.name) == [service])
        #expect(change.changed.first?.live == live)
        #expect(change.changed.first?.replacing == replacing)
        #expect(change.changed.first?.replacesInstances == !replacing.isEmpty)
    }

    @Test("another model replaces instances")
    func engine() throws {
        #expect(try change(to: text.replacing("model: m", with: "model: n")).changed.first?.replacing == ["engine"])
    }

    @Test("a listener and a database wait for a restart, and the old values hold")
    func restart() throws {
        let new = """
            gateway: { listen: 0.0.0.0:443, tls: self-signed, domains: [a.com], limits: { body: 1MB } }
            storage: { database: sqlite:other.db }
            """
        let change = try change(to: text + "\n" + new)
        #expect(change.needsRestart == ["gateway.listen", "gateway.tls", "storage.database"])
        #expect(change.live == ["gateway.domains", "gateway.limits"])
        #expect(change.applicable.gateway.listen.port == 7860 && change.applicable.gateway.tls == nil)
        #expect(change.applicable.storage.database == "pronk.db")
        #expect(change.applicable.gateway.domains == ["a.com"])
        #expect(change.lines.contains { $0.hasPrefix("gateway.listen changed, which needs a restart") })
        // The next reload is compared with what runs.
        let again = ConfigurationChange(from: change.applicable, to: try Samples.read(text + "\n" + new).configuration)
        #expect(again.needsRestart == change.needsRestart && again.live.isEmpty)
    }

    @Test("a gateway that others reach does not open itself before its restart")
    func opening() throws {
        let running = try Samples.read("gateway: { listen: 0.0.0.0:80, insecure: true }").configuration
        let closed = try Samples.read("gateway: { listen: 127.0.0.1:80, auth: open }").configuration
        let change = ConfigurationChange(from: running, to: closed)
        #expect(change.needsRestart == ["gateway.listen", "gateway.auth"])
        #expect(change.applicable.gateway == running.gateway)
        let back = ConfigurationChange(
            from: closed, to: try Samples.read("gateway: { listen: 127.0.0.1:80 }").configuration)
        #expect(back.live == ["gateway.auth"] && back.applicable.gateway.auth == .keys)
    }
}
