import PlatformConfiguration
import Testing

/// Texts of `pronk.yaml` for the tests.
enum Samples {
    /// Says something for every key, and nowhere the default.
    static let everything = """
        gateway:
          listen: 0.0.0.0:8443
          auth: keys
          insecure: true
          tls: { certificate: tls/chain.pem, key: /etc/ssl/key.pem }
          domains: [chat.example.com, "llama.example.com"]
          limits:
            body: 32MiB
            headers: 64KiB
            connections: 500
            streamsPerCaller: 20
            requestsPerMinute: 600
            stalledReader: 2m
        storage: { database: "sqlite:data/ledger.db", blobs: file:blobs }
        chat: { transcription: llama-3-8b-instruct }
        services:
          - name: llama-3-8b-instruct
            engine: native
            model: Meta-Llama-3-8B-Instruct-GPTQ
            driver: process
            resources: { cores: 1.5, memory: 6GB }
            scale:
              min: 1
              max: 5
              target: 4
              idle: 30m
              coldStart: 90s
              scaleDownDelay: 500ms
              policy: kpa
              queue: 200
              concurrency: 16
              warm: ["Mon-Fri 08:50-18:00 Asia/Shanghai", "Sat,Sun 10:00-09:00 UTC"]
            health: { path: /readyz, keepsAwake: true }
            defaults: { max_tokens: 256, temperature: 0.7, top_p: 0.9 }
            price: { perInstanceHour: 2.83, currency: CNY }
            environment: { OMP_NUM_THREADS: 2, TOKEN: "s3cret value" }
            arguments: [--context, "4096"]
            sharedPrefixCache: true
          - name: vllm
            engine: command
            command: [vllm, serve, --port, "{port}"]
          - name: remote
            engine: url
            url: https://api.example.com/v1
            key: { env: OPENAI_API_KEY }
            model: gpt-x
            scale: { coldStart: 5s, queue: 10, concurrency: 3 }
        """

    static func read(
        _ text: String, environment: [String: String] = [:], flags: [ConfigurationFlag] = []
    ) throws(ConfigurationError) -> EffectiveConfiguration {
        try EffectiveConfiguration.read(
            text, file: "/etc/pronk/pronk.yaml", environment: environment, flags: flags, localTimeZone: "Europe/Berlin")
    }

    static func findings(
        _ text: String, environment: [String: String] = [:], flags: [ConfigurationFlag] = []
    ) -> [String] {
        do {
            _ = try read(text, environment: environment, flags: flags)
            return []
        } catch {
            return error.findings.map { $0.description.replacing("/etc/pronk/pronk.yaml:", with: "") }
        }
    }

    /// A file with one native service that says `keys` besides.
    static func service(_ keys: String) -> String {
        "services:\n  - name: a\n    engine: native\n    model: m\n    \(keys)\n"
    }
}
