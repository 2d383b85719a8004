import PlatformConfiguration
import Testing

@Suite struct FindingsTests {
    /// A mistake: the file, and what the one finding must say.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var finding: String
        var testDescription: String { finding }

        init(_ text: String, _ finding: String) {
            self.text = text
            self.finding = finding
        }

        static func service(_ keys: String, _ finding: String) -> Mistake { Mistake(Samples.service(keys), finding) }
    }

    @Test("names the place, the key, the mistake and the way out in the gateway's settings", arguments: gatewayMistakes)
    func gateway(mistake: Mistake) {
        let findings = Samples.findings(mistake.text)
        #expect(findings.count == 1 && findings[0].hasPrefix(mistake.finding), "\(findings)")
    }

    @Test("names the place, the key, the mistake and the way out in a service", arguments: serviceMistakes)
    func service(mistake: Mistake) {
        let findings = Samples.findings(mistake.text)
        #expect(findings.count == 1 && findings[0].hasPrefix(mistake.finding), "\(findings)")
    }

    @Test("names the place in a text that is no YAML", arguments: yamlMistakes)
    func yaml(mistake: Mistake) {
        let findings = Samples.findings(mistake.text)
        #expect(findings.count == 1 && findings[0].hasPrefix(mistake.finding), "\(findings)")
    }

    @Test("finds everything at once, in the order of the file")
    func everything() {
        let text = """
            gatway: {}
            gateway:
              listen: 99.0.0.1:99999
              auth: none
              auth: open
              limits: { body: 10, connections: 0 }
            services:
              - name: a
                engine: vllm
                scale: { max: 0, idle: 10 }
                scale: { min: x }
              - name: A
                engine: url
                url: ftp://x
            """
        let places = Samples.findings(text).map { String($0.prefix { $0 != " " }) }
        #expect(
            places == [
                "1:1:", "3:11:", "4:9:", "5:3:", "6:19:", "6:36:", "9:13:", "10:19:", "10:28:", "11:5:", "12:11:",
                "14:10:",
            ])
    }

    @Test("a secret in the file is refused and not repeated")
    func secret() {
        let text = "services: [{ name: a, engine: url, url: 'http://h', key: sk-12345 }]"
        let findings = Samples.findings(text)
        #expect(findings.count == 1 && findings[0].contains("key: { env: NAME }"))
        #expect(!findings.joined().contains("12345"))
        let asName = Samples.findings("services: [{ name: a, engine: url, url: 'http://h', key: { env: sk-12345 } }]")
        #expect(asName.count == 1 && !asName.joined().contains("12345"))
        let inAddress = Samples.findings("services: [{ name: a, engine: url, url: 'http://me:hunter2@h' }]")
        #expect(inAddress.count == 1 && !inAddress.joined().contains("hunter2"))
    }

    @Test("aliases may not stand for more than a file could say")
    func aliases() {
        var text = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "b\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        #expect(Samples.findings(text).first?.contains("aliases") == true)
        let few =
            "services: [&a { name: a, engine: native, model: m, scale: &s { max: 2 } }, "
            + "{ name: b, engine: native, model: m, scale: *s }]"
        #expect(Samples.findings(few).isEmpty)
    }

    @Test("does not list more findings than fit a screen or two")
    func many() {
        let text = (0..<500).map { "key\($0): 1" }.joined(separator: "\n")
        let findings = Samples.findings(text)
        #expect(findings.count == 101 && findings.last?.contains("400 more") == true)
    }

    static let gatewayMistakes = [
        Mistake("gatewy: {}", "1:1: gatewy: unknown key: did you mean gateway?"),
        Mistake("gateway:\n  listne: a", "2:3: gateway.listne: unknown key: did you mean listen?"),
        Mistake("gateway: { qqqqqqqqq: 1 }", "1:12: gateway.qqqqqqqqq: unknown key: known here: listen, auth, "),
        Mistake("gateway: 7", "1:10: gateway: must hold keys and values"),
        Mistake(
            "gateway: { listen: 7860 }", "1:20: gateway.listen: '7860' is no address to listen on: write HOST:PORT"),
        Mistake("gateway: { listen: ':7860' }", "1:20: gateway.listen: ':7860' is no address"),
        Mistake("gateway: { listen: '*:7860' }", "1:20: gateway.listen: '*' is no address: write 0.0.0.0:7860"),
        Mistake("gateway: { listen: '::1:7860' }", "1:20: gateway.listen: '::1:7860' is ambiguous"),
        Mistake("gateway: { listen: '[::g]:7860' }", "1:20: gateway.listen: '::g' is no IPv6 address"),
        Mistake("gateway: { listen: 127.0.0.300:1 }", "1:20: gateway.listen: '127.0.0.300' is neither"),
        Mistake("gateway: { listen: localhost:65536 }", "1:20: gateway.listen: '65536' is no port"),
        Mistake("gateway: { listen: }", "1:20: gateway.listen: has no value: give one, or remove the key"),
        Mistake("gateway: { listen: [a] }", "1:20: gateway.listen: must be a single value"),
        Mistake("gateway: { listen: 0.0.0.0:80 }", "1:20: gateway.listen: 0.0.0.0 can be reached from other machines"),
        Mistake(
            "gateway: { listen: 0.0.0.0:80, insecure: true, auth: open }",
            "1:54: gateway.auth: open lets everybody in who reaches 0.0.0.0: write keys"),
        Mistake("gateway: { auth: opne }", "1:18: gateway.auth: 'opne' is none of the known words: did you mean open?"),
        Mistake("gateway: { insecure: yes }", "1:22: gateway.insecure: 'yes' is neither true nor false"),
        Mistake(
            "gateway: { tls: selfsigned }", "1:17: gateway.tls: 'selfsigned' is none of the known words: did you mean"),
        Mistake("gateway: { tls: { certificate: a } }", "1:17: gateway.tls.key: is missing"),
        Mistake("gateway: { tls: { certificate: a, key: b, chain: c } }", "1:43: gateway.tls.chain: unknown key"),
        Mistake("gateway: { domains: a.com }", "1:21: gateway.domains: must be a list"),
        Mistake("gateway: { domains: ['http://a.com'] }", "1:22: gateway.domains[0]: 'http://a.com' is no host name"),
        Mistake("gateway: { domains: [a, []] }", "1:25: gateway.domains[1]: must be a single value"),
        Mistake(
            "gateway: { limits: { body: 16 } }", "1:28: gateway.limits.body: '16' is no size: write a number and KB"),
        Mistake("gateway: { limits: { body: 2TB } }", "1:28: gateway.limits.body: 2TB is out of range: 1KB to 1GiB"),
        Mistake(
            "gateway: { limits: { stalledReader: 5 } }", "1:37: gateway.limits.stalledReader: '5' is no span of time"),
        Mistake(
            "gateway: { limits: { requestsPerMinute: 0 } }", "1:41: gateway.limits.requestsPerMinute: 0 is out of range"
        ),
        Mistake("gateway: { listen: !env '[::1]:1' }", "1:20: gateway.listen: the tag '!env' means nothing here"),
        Mistake(
            "storage: { database: 'postgres://h/db' }", "1:22: storage.database: PostgreSQL is not in this version"),
        Mistake(
            "storage: { database: pronk.db }", "1:22: storage.database: 'pronk.db' is no database: write sqlite:FILE"),
        Mistake(
            "chat: { transcription: whisper }", "1:24: chat.transcription: there is no service whisper: there is none"
        ),
        Mistake(
            "storage: { blobs: 's3://b' }", "1:19: storage.blobs: 's3://b' is none of the known words: known here: file"
        ),
    ]

    static let serviceMistakes = [
        Mistake("services: { a: 1 }", "1:11: services: must be a list"),
        Mistake("services: [7]", "1:12: services[0]: must hold keys and values"),
        Mistake("services:\n  - engine: native\n    model: m", "2:5: services[0].name: is missing"),
        Mistake("services: [{ name: a/b, engine: native, model: m }]", "1:20: services[0].name: 'a/b' is no name"),
        Mistake(
            "services: [{ name: a, model: m }]", "1:12: services.a.engine: is missing: write engine: native, command"),
        Mistake(
            "services:\n- {name: a, engine: native, model: m}\n- {name: A, engine: native, model: m}",
            "3:10: services.A.name: A is there already, on line 2"),
        Mistake("services: [{ name: a, engine: vllm }]", "1:31: services.a.engine: vllm is not an engine of its own"),
        Mistake("services: [{ name: a, engine: llama-server }]", "1:31: services.a.engine: llama-server is not"),
        Mistake(
            "services: [{ name: a, engine: natve }]", "1:31: services.a.engine: 'natve' is none of the known words: did"
        ),
        Mistake("services: [{ name: a, engine: native }]", "1:12: services.a.model: is missing"),
        Mistake("services: [{ name: a, engine: command }]", "1:12: services.a.command: is missing"),
        Mistake("services: [{ name: a, engine: command, command: [] }]", "1:49: services.a.command: names no program"),
        Mistake(
            "services: [{ name: a, engine: command, command: 'a | b' }]", "1:49: services.a.command: | has no meaning"),
        Mistake(
            "services: [{ name: a, engine: command, command: 'a \"b' }]", "1:49: services.a.command: a quote is not"),
        Mistake(
            "services: [{ name: a, engine: command, command: x, arguments: [y] }]",
            "1:52: services.a.arguments: has no effect with engine: command: write it in command"),
        Mistake("services: [{ name: a, engine: url }]", "1:12: services.a.url: is missing"),
        Mistake(
            "services: [{ name: a, engine: url, url: 'ftp://h' }]", "1:41: services.a.url: 'ftp' is not spoken here"),
        Mistake("services: [{ name: a, engine: url, url: h }]", "1:41: services.a.url: is no address"),
        Mistake(
            "services: [{ name: a, engine: url, url: 'http://h', scale: { max: 2 } }]",
            "1:62: services.a.scale.max: has no effect with engine: url"),
        Mistake(
            "services: [{ name: a, engine: url, url: 'http://h', key: { env: A, file: b } }]",
            "1:74: services.a.key.file: stands beside env"),
        Mistake(
            "services: [{ name: a, engine: url, url: 'http://h', key: { env: A-B } }]",
            "1:65: services.a.key.env: is no name of a variable"),
        .service("url: http://h", "5:5: services.a.url: has no effect with engine: native"),
        .service("driver: container", "5:13: services.a.driver: containers are not in this version: write process"),
        .service("driver: kubernetes", "5:13: services.a.driver: Kubernetes is not in this version: write process"),
        .service("resources: { gpus: 1 }", "5:18: services.a.resources.gpus: is not in this version"),
        .service("resources: { cores: 0 }", "5:25: services.a.resources.cores: 0 is out of range: 0.01 to 1024"),
        .service("resources: { cores: two }", "5:25: services.a.resources.cores: 'two' is no number"),
        .service("resources: { memory: 6G }", "5:26: services.a.resources.memory: '6G' is no size"),
        .service("scale: { sleepAfter: 2m }", "5:14: services.a.scale.sleepAfter: sleeping instances are not in this"),
        .service("scale: { maxx: 2 }", "5:14: services.a.scale.maxx: unknown key: did you mean max?"),
        .service("scale: { min: 4, max: 2 }", "5:19: services.a.scale.min: 4 is more than max, which is 2"),
        .service("scale: { max: 0 }", "5:19: services.a.scale.max: 0 is out of range: 1 to 1000"),
        .service("scale: { max: 2.5 }", "5:19: services.a.scale.max: '2.5' is no whole number"),
        .service("scale: { target: 80 }", "5:22: services.a.scale.target: 80 is more than concurrency, which is 64"),
        .service(
            "scale: { idle: 10 }", "5:20: services.a.scale.idle: '10' is no span of time: write a whole number and"),
        .service("scale: { idle: 10ms }", "5:20: services.a.scale.idle: 10ms is out of range: 1s to 720h"),
        .service(
            "scale: { idle: 99999999999999999999s }", "5:20: services.a.scale.idle: '99999999999999999999s' is too"),
        .service("scale: { policy: knative }", "5:22: services.a.scale.policy: 'knative' is none of the known words"),
        .service("scale: { warm: daily }", "5:20: services.a.scale.warm: must be a list"),
        .service("scale: { warm: [Mon] }", "5:21: services.a.scale.warm[0]: 'Mon' is no warm schedule: write DAYS"),
        .service("scale: { warm: ['Mo 1:00-2:00'] }", "5:21: services.a.scale.warm[0]: 'Mo' is no day"),
        .service("scale: { warm: ['Mon 25:00-2:00'] }", "5:21: services.a.scale.warm[0]: '25:00' is no time of day"),
        .service("scale: { warm: ['Mon 1:00'] }", "5:21: services.a.scale.warm[0]: '1:00' is no span of a day"),
        .service(
            "scale: { warm: ['Mon 1:00-2:00 Asia/Shanghia'] }",
            "5:21: services.a.scale.warm[0]: there is no time zone 'Asia/Shanghia': did you mean Asia/Shanghai?"),
        .service(
            "scale: { warm: ['Mon 1:00-2:00 CST'] }", "5:21: services.a.scale.warm[0]: there is no time zone 'CST'"),
        .service("health: { path: healthz }", "5:21: services.a.health.path: 'healthz' is no path: begin with /"),
        .service("defaults: { temperature: 3 }", "5:30: services.a.defaults.temperature: 3 is out of range: 0 to 2"),
        .service("defaults: { top_p: 0 }", "5:24: services.a.defaults.top_p: 0 is out of range: above 0 to 1"),
        .service("defaults: { temperature: nan }", "5:30: services.a.defaults.temperature: 'nan' is no number"),
        .service(
            "defaults: { max_token: 3 }", "5:17: services.a.defaults.max_token: unknown key: did you mean max_tokens?"),
        .service("price: { perInstanceHour: 2 }", "5:12: services.a.price.currency: is missing"),
        .service(
            "price: { perInstanceHour: 2, currency: yuan }", "5:44: services.a.price.currency: 'yuan' is no currency"),
        .service("environment: { A B: 1 }", "5:25: services.a.environment.A B: 'A B' is no name of a variable"),
        .service("environment: { PORT: 1 }", "5:26: services.a.environment.PORT: is set by Pronk for every instance"),
        .service("activity: { probe: /x }", "5:5: services.a.activity: is not in this version"),
        .service("<<: { a: b }", "5:5: services.a.<<: merge keys are not supported"),
    ]

    static let yamlMistakes = [
        Mistake(
            "gateway: [", "2:1: no valid YAML: while parsing a flow node (line 2), did not find expected node content"),
        Mistake("a: b\n c: d", "2:3: no valid YAML: mapping values are not allowed in this context; check the"),
        Mistake("a: 'b", "1:6: no valid YAML: while scanning a quoted scalar (line 1), found unexpected end of stream"),
        Mistake("a:\n\tb: 1", "2:1: no valid YAML: while scanning for the next token"),
        Mistake("a: *b", "1:4: no valid YAML: found undefined alias"),
        Mistake("a: 1\n---\nb: 2", "2:1: no valid YAML: expected a single document in the stream (line 1)"),
        Mistake("a: \u{1}", "1:4: a character that YAML does not allow: remove it"),
        Mistake(String(repeating: "[", count: 200_000), "1:"),
        Mistake(
            "gateway: {}\nstorage: {}\ngateway: {}", "3:1: gateway: is there already, on line 1: remove one of them"),
        Mistake("'gateway': {}\ngateway: {}", "2:1: gateway: is there already, on line 1"),
        Mistake("? [a]\n: 1", "1:3: a key must be a single word"),
        Mistake("? [a, a]\n: 1\n? [a, a]\n: 2", "1:3: "),
        Mistake("[]", "1:1: must hold keys and values"),
        Mistake("text", "1:1: must hold keys and values"),
    ]
}
