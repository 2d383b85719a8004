import PlatformConfiguration
import Testing

@Suite struct OverridesTests {
    private let file = """
        gateway:
          listen: 127.0.0.1:1000
        services:
          - { name: llama-3.2, engine: native, model: m, scale: { max: 2 } }
        """

    private func origin(of path: String, in effective: EffectiveConfiguration) -> SettingOrigin? {
        effective.settings.first { $0.path.description == path }?.origin
    }

    @Test("flags override the environment, the environment the file, the file the defaults, and each is remembered")
    func order() throws {
        let environment = ["PRONK_GATEWAY_LISTEN": "127.0.0.1:2000", "PRONK_SERVICES_LLAMA_3_2_SCALE_MAX": "5"]
        let flag = ConfigurationFlag(path: "gateway.listen", value: "127.0.0.1:3000", flag: "--listen")
        let plain = try Samples.read(file)
        #expect(plain.configuration.gateway.listen.port == 1000)
        #expect(
            origin(of: "gateway.listen", in: plain) == .file("/etc/pronk/pronk.yaml", line: 2, column: 11))
        #expect(origin(of: "gateway.auth", in: plain) == .builtIn)

        let changed = try Samples.read(file, environment: environment)
        #expect(changed.configuration.gateway.listen.port == 2000)
        #expect(changed.configuration.services[0].scale.max == 5)
        #expect(origin(of: "gateway.listen", in: changed) == .environment("PRONK_GATEWAY_LISTEN"))
        #expect(
            origin(of: "services.llama-3.2.scale.max", in: changed)
                == .environment("PRONK_SERVICES_LLAMA_3_2_SCALE_MAX"))

        let flagged = try Samples.read(file, environment: environment, flags: [flag])
        #expect(flagged.configuration.gateway.listen.port == 3000)
        #expect(origin(of: "gateway.listen", in: flagged) == .flag("--listen"))
    }

    @Test(
        "variables are the keys' paths in capital letters",
        arguments: [
            ("PRONK_GATEWAY_AUTH", "open"), ("PRONK_GATEWAY_INSECURE", "true"),
            ("PRONK_GATEWAY_TLS", "self-signed"), ("PRONK_GATEWAY_LIMITS_STREAMS_PER_CALLER", "2"),
            ("PRONK_GATEWAY_LIMITS_BODY", "2MB"), ("PRONK_STORAGE_DATABASE", "sqlite:x"),
            ("PRONK_SERVICES_LLAMA_3_2_MODEL", "x"), ("PRONK_SERVICES_LLAMA_3_2_SCALE_SCALE_DOWN_DELAY", "1s"),
            ("PRONK_SERVICES_LLAMA_3_2_HEALTH_KEEPS_AWAKE", "true"),
            ("PRONK_SERVICES_LLAMA_3_2_DEFAULTS_MAX_TOKENS", "7"),
            ("PRONK_SERVICES_LLAMA_3_2_RESOURCES_MEMORY", "1GB"),
        ])
    func variables(name: String, value: String) throws {
        let effective = try Samples.read(file, environment: [name: value])
        #expect(effective.settings.contains { $0.origin == .environment(name) })
        #expect(try effective.configuration != Samples.read(file).configuration)
    }

    @Test("TLS files and a price can come from the environment alone")
    func sections() throws {
        let environment = [
            "PRONK_GATEWAY_TLS_CERTIFICATE": "/c", "PRONK_GATEWAY_TLS_KEY": "/k",
            "PRONK_SERVICES_LLAMA_3_2_PRICE_PER_INSTANCE_HOUR": "2",
            "PRONK_SERVICES_LLAMA_3_2_PRICE_CURRENCY": "EUR",
        ]
        let configuration = try Samples.read(file, environment: environment).configuration
        #expect(configuration.gateway.tls == .files(certificate: "/c", key: "/k"))
        #expect(configuration.services[0].price == Price(perInstanceHour: 2, currency: "EUR"))
    }

    @Test(
        "names the variable or the flag that is wrong",
        arguments: [
            ("PRONK_GATEWAY_LISTEN", "x", "environment PRONK_GATEWAY_LISTEN: gateway.listen: 'x' is no address"),
            (
                "PRONK_GATEWAY_LISTN", "x",
                "environment PRONK_GATEWAY_LISTN: sets nothing: did you mean PRONK_GATEWAY_LISTEN?"
            ),
            ("PRONK_GATEWAY_DOMAINS", "x", "environment PRONK_GATEWAY_DOMAINS: sets nothing"),
            ("PRONK_SERVICES_LLAMA_3_2_NAME", "x", "environment PRONK_SERVICES_LLAMA_3_2_NAME: sets nothing"),
            ("PRONK_SERVICES_LLAMA_3_2_RESOURCES", "x", "environment PRONK_SERVICES_LLAMA_3_2_RESOURCES: sets nothing"),
            ("PRONK_SERVICES_GPT_SCALE_MAX", "3", "environment PRONK_SERVICES_GPT_SCALE_MAX: sets nothing"),
            (
                "PRONK_SERVICES_LLAMA_3_2_URL", "http://h",
                "environment PRONK_SERVICES_LLAMA_3_2_URL: services.llama-3.2.url: has no effect with engine: native"
            ),
            (
                "PRONK_SERVICES_LLAMA_3_2_SCALE_MIN", "3",
                "environment PRONK_SERVICES_LLAMA_3_2_SCALE_MIN: services.llama-3.2.scale.min: 3 is more than max"
            ),
        ])
    func findings(name: String, value: String, finding: String) {
        let findings = Samples.findings(file, environment: [name: value])
        #expect(findings.count == 1 && findings[0].hasPrefix(finding), "\(findings)")
    }

    @Test("an unknown path of a flag is a finding")
    func unknownFlag() {
        let flag = ConfigurationFlag(path: "gateway.lisen", value: "x", flag: "--lisen")
        #expect(
            Samples.findings(file, flags: [flag])
                == ["flag --lisen: gateway.lisen: no such setting: did you mean gateway.listen?"])
    }

    @Test("variables of the program, of Kubernetes and of others are no settings, and empty ones are not set")
    func others() throws {
        var environment = [
            "PRONK_PORT": "tcp://10.0.0.1:7860", "PRONK_PORT_7860_TCP_ADDR": "10.0.0.1",
            "PRONK_SERVICE_HOST": "10.0.0.1",
            "PRONK_SERVICE_PORT_HTTP": "7860", "PRONKS": "x", "PATH": "/bin", "PRONK_GATEWAY_AUTH": "",
        ]
        for name in ProgramEnvironment.variables { environment[name] = "x" }
        #expect(try Samples.read(file, environment: environment).configuration == Samples.read(file).configuration)
    }

    @Test("a variable that two services' names share is refused")
    func ambiguous() {
        let text = """
            services:
              - { name: a-b, engine: native, model: m }
              - { name: a.b, engine: native, model: m }
            """
        #expect(Samples.findings(text).isEmpty)
        let findings = Samples.findings(text, environment: ["PRONK_SERVICES_A_B_SCALE_MAX": "2"])
        #expect(
            findings == [
                "environment PRONK_SERVICES_A_B_SCALE_MAX: could mean services.a-b.scale.max or services.a.b.scale.max"
                    + ": set it in the file instead"
            ])
    }
}
