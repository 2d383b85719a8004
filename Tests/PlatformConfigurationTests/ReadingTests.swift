import PlatformConfiguration
import Testing

@Suite struct ReadingTests {
    @Test("reads the gateway and the storage, every key of them")
    func gateway() throws {
        let configuration = try Samples.read(Samples.everything).configuration
        let gateway = configuration.gateway
        #expect(gateway.listen == ListenAddress(host: "0.0.0.0", port: 8443))
        #expect(gateway.auth == .keys && gateway.insecure)
        #expect(gateway.tls == .files(certificate: "/etc/pronk/tls/chain.pem", key: "/etc/ssl/key.pem"))
        #expect(gateway.domains == ["chat.example.com", "llama.example.com"])
        #expect(gateway.limits.bodyBytes == 32 << 20 && gateway.limits.headerBytes == 64 << 10)
        #expect(gateway.limits.connections == 500 && gateway.limits.streamsPerCaller == 20)
        #expect(gateway.limits.requestsPerMinute == 600 && gateway.limits.stalledReader == .seconds(120))
        #expect(configuration.storage.database == "data/ledger.db")
        #expect(configuration.chat.transcription == "llama-3-8b-instruct")
    }

    @Test("reads a native service, every key of it")
    func native() throws {
        let service = try #require(try Samples.read(Samples.everything).configuration.services.first)
        #expect(service.name == "llama-3-8b-instruct")
        #expect(service.engine == .native(model: "Meta-Llama-3-8B-Instruct-GPTQ"))
        #expect(service.resources == ResourceNeeds(cores: 1.5, memoryBytes: 6_000_000_000))
        let scale = service.scale
        #expect(scale.min == 1 && scale.max == 5 && scale.target == 4 && scale.policy == .kpa)
        #expect(scale.idle == .seconds(1_800) && scale.coldStart == .seconds(90))
        #expect(scale.scaleDownDelay == .milliseconds(500) && scale.queue == 200 && scale.concurrency == 16)
        #expect(
            scale.warm == [
                WarmSchedule(days: [1, 2, 3, 4, 5], start: 530, end: 1_080, timeZone: "Asia/Shanghai"),
                WarmSchedule(days: [6, 7], start: 600, end: 540, timeZone: "UTC"),
            ])
        #expect(service.health.path == "/readyz" && service.health.keepsAwake)
        #expect(service.defaults.maxTokens == 256 && service.defaults.temperature == 0.7)
        #expect(service.defaults.topP == 0.9 && service.price == Price(perInstanceHour: 2.83, currency: "CNY"))
        #expect(service.environment == ["OMP_NUM_THREADS": "2", "TOKEN": "s3cret value"])
        #expect(service.arguments == ["--context", "4096"] && service.sharesPrefixCache)
    }

    @Test("reads commands and remote APIs")
    func engines() throws {
        let services = try Samples.read(Samples.everything).configuration.services
        #expect(services[1].engine == .command(["vllm", "serve", "--port", "{port}"]))
        #expect(
            services[2].engine
                == .url("https://api.example.com/v1", key: .environment("OPENAI_API_KEY"), modelName: "gpt-x"))
        #expect(services[2].health.path == "/v1/models", "a remote API has no health page of ours")
        #expect(services[2].scale.coldStart == .seconds(5) && services[2].scale.concurrency == 3)
    }

    @Test(
        "an empty file and one with empty sections give the defaults", arguments: ["", "gateway:\nservices:\n", "{}"])
    func empty(text: String) throws {
        let effective = try Samples.read(text)
        #expect(effective.configuration == Configuration())
        #expect(effective.settings.allSatisfy { $0.origin == .builtIn })
    }

    @Test("a service that says only what it must gets the defaults")
    func least() throws {
        let service = try #require(try Samples.read(Samples.service("")).configuration.services.first)
        #expect(service == ServiceConfiguration(name: "a", engine: .native(model: "m")))
    }

    @Test("paths are relative to the file's folder, names of models are not paths")
    func relativePaths() throws {
        let text = """
            services:
              - { name: a, engine: native, model: models/x.gguf }
              - { name: b, engine: url, url: "http://h", key: { file: secrets/key } }
            """
        let services = try Samples.read(text).configuration.services
        #expect(services[0].engine == .native(model: "/etc/pronk/models/x.gguf"))
        #expect(services[1].engine == .url("http://h", key: .file("/etc/pronk/secrets/key"), modelName: nil))
    }

    @Test(
        "splits a command in one line as a shell does",
        arguments: [
            ("python3 -m http.server {port}", ["python3", "-m", "http.server", "{port}"]),
            (#"a 'b c'"d e" \"f "" g\ h"#, ["a", "b cd e", "\"f", "", "g h"]),
            (#"sh -c "echo \"a\" \n""#, ["sh", "-c", #"echo "a" \n"#]),
            ("  a  ", ["a"]), ("a '$HOME'", ["a", "$HOME"]),
        ])
    func words(line: String, words: [String]) throws {
        let text = "services:\n  - name: a\n    engine: command\n    command: >-\n      \(line)\n"
        #expect(try Samples.read(text).configuration.services.first?.engine == .command(words))
    }

    @Test("a default never contradicts what the file says")
    func defaultsGiveWay() throws {
        let many = try #require(try Samples.read(Samples.service("scale: { min: 7 }")).configuration.services.first)
        #expect(many.scale.min == 7 && many.scale.max == 7)
        let few = try #require(
            try Samples.read(Samples.service("scale: { concurrency: 2 }")).configuration.services.first)
        #expect(few.scale.concurrency == 2 && few.scale.target == 2)
    }

    @Test(
        "reads spans of time and sizes in every unit",
        arguments: [("500ms", 500), ("90s", 90_000), ("10m", 600_000), ("1h", 3_600_000)])
    func durations(text: String, milliseconds: Int) throws {
        let file = Samples.service("scale: { scaleDownDelay: \(text) }")
        #expect(
            try Samples.read(file).configuration.services.first?.scale.scaleDownDelay == .milliseconds(milliseconds))
    }

    @Test(
        "reads decimal and binary sizes",
        arguments: [
            ("1500000B", 1_500_000), ("2000KB", 2_000_000), ("6GB", 6_000_000_000), ("1.5GB", 1_500_000_000),
            ("1TB", 1_000_000_000_000), ("2048KiB", 2 << 20), ("512MiB", 512 << 20), ("6 GiB", 6 << 30),
            ("1TiB", 1 << 40), ("6gb", 6_000_000_000),
        ])
    func sizes(text: String, bytes: Int) throws {
        let file = Samples.service("resources: { memory: \(text) }")
        #expect(try Samples.read(file).configuration.services.first?.resources.memoryBytes == bytes)
    }

    @Test(
        "listens to this machine alone where the address says so",
        arguments: [
            ("127.0.0.1:80", true), ("127.9.9.9:80", true), ("localhost:80", true), ("[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", true), ("0.0.0.0:80", false), ("[::]:80", false), ("10.0.0.1:80", false),
            ("host.example.com:80", false), ("[::ffff:10.0.0.1]:0", false),
        ])
    func loopback(address: String, isLoopback: Bool) throws {
        let listen = try Samples.read("gateway: { listen: \"\(address)\", insecure: true }").configuration.gateway
            .listen
        #expect(listen.isLoopback == isLoopback)
        #expect(listen.description == address)
    }

    @Test("self-signed TLS is one word")
    func selfSigned() throws {
        let gateway = try Samples.read("gateway: { listen: 0.0.0.0:443, tls: self-signed }").configuration.gateway
        #expect(gateway.tls == .selfSigned)
    }
}
