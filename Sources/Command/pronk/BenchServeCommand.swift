import ArgumentParser
import Benchmarking
import Foundation
import Reports
import Simulation

/// `pronk bench serve`: a load on OpenAI endpoints.
struct BenchServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Put a load on OpenAI-compatible servers: rates, latencies, failures.",
        discussion: """
            --clients is a closed loop: each client asks again as soon as it has its answer. --rate and --trace are open
            loops: requests come whether or not answers keep up, and latencies count from the planned arrival. Several
            addresses are measured one after the other. Ctrl+C ends with what was measured until then.
            """)

    @Argument(help: "Addresses: http://HOST:PORT, https://HOST/v1, or unix:PATH of an engine's socket.")
    var url: [String]

    @Option(help: ArgumentHelp("Clients at a time, as in 8, or 1,4,16 one after the other.", valueName: "counts"))
    var clients: NumberList?

    @Option(help: ArgumentHelp("Requests a second (Poisson), as in 2, or 1,2,4.", valueName: "rates"))
    var rate: NumberList?

    @Option(
        help: ArgumentHelp(
            "Requests at the times and of the lengths of this file: CSV with TIMESTAMP (a time, or seconds), "
                + "ContextTokens and GeneratedTokens as Azure's, or JSON lines as Mooncake's.", valueName: "file"))
    var trace: String?

    @Option(help: ArgumentHelp("Times as fast as the trace was.", valueName: "factor"))
    var speed = 1.0

    @Option(help: ArgumentHelp("A trace's longer prompts are cut to this.", valueName: "tokens"))
    var longestPrompt = Limits.tokens

    @Option(help: ArgumentHelp("A trace's longer answers are cut to this.", valueName: "tokens"))
    var longestOutput = Limits.tokens

    @OptionGroup var load: BenchLoadOptions
    @OptionGroup var output: BenchOutput

    func validate() throws {
        guard [clients != nil, rate != nil, trace != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --clients, --rate and --trace.")
        }
        guard speed > 0, speed.isFinite else { throw ValidationError("--speed must lie above 0.") }
        guard longestPrompt >= 1, longestOutput >= 1 else {
            throw ValidationError("--longest-prompt and --longest-output must be at least 1.")
        }
        if trace == nil { _ = try loads() }
    }

    func run() async throws {
        OpenFiles.raiseLimit()
        let endpoints = try url.map { try Endpoint($0, key: load.environmentKey) }
        let loads = try loads()
        try output.check()
        let progress = BenchProgress()
        let (report, failure, isInterrupted) = try await BenchInterruption.running { interruption in
            var report = ServeReport(entries: [])
            var failure: (any Error)?
            do {
                for endpoint in endpoints {
                    try await measure(endpoint, loads, into: &report, progress: progress, interruption: interruption)
                }
            } catch {
                // What was measured before it, perhaps for hours, is reported all the same.
                if report.entries.isEmpty { throw error }
                failure = error
            }
            return (report, failure, interruption.isRequested)
        }
        progress.end()
        try output.write(
            report.document(language: output.language, facts: facts(report)), kind: "serve", result: report)
        if isInterrupted { throw ExitCode(BenchInterruption.exitCode) }
        if let failure { throw failure }
        if report.failed > 0 || report.answered == 0 { throw ExitCode.failure }
    }

    private func measure(
        _ endpoint: Endpoint, _ loads: [NamedLoad], into report: inout ServeReport, progress: BenchProgress,
        interruption: BenchInterruption
    ) async throws {
        let most = loads.map { $0.settings.connections }.max() ?? 1
        let client = EndpointClient(endpoint, connections: most)
        let result: Result<Void, any Error>
        do {
            progress.show("\(endpoint.name): two short questions")
            let profile = try await EndpointProbe(client: client, settings: loads[0].settings).profile(
                model: load.model)
            for load in loads where !interruption.isRequested {
                let summary = await LoadRun(client: client, profile: profile, settings: load.settings).run {
                    progress.show("\(endpoint.name), \(load.name): \($0.text)")
                }
                report.entries.append(
                    ServeReport.Entry(
                        endpoint: endpoint.name, profile: profile, load: load.name, level: load.level,
                        isClosed: load.settings.arrivals.isClosed, summary: summary))
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try result.get()
    }

    private func loads() throws -> [NamedLoad] {
        let say = output.language
        var loads: [NamedLoad] = []
        if let rate {
            loads = try rate.values.map {
                let number = Figures.plain($0)
                return NamedLoad(
                    name: say("\(number) requests/s", "每秒 \(number) 个请求"), level: $0,
                    settings: try load.settings(.rate($0)))
            }
        } else if let trace {
            let read: Trace
            do { read = try TraceReader.read(path: trace) } catch { throw CommandError(error.message) }
            var settings = try load.settings(.trace(read.stretched(by: 1 / speed)))
            settings.longestPrompt = longestPrompt
            settings.longestOutput = longestOutput
            loads = [NamedLoad(name: say("trace \(read.name)", "轨迹 \(read.name)"), level: 0, settings: settings)]
        } else {
            loads = try load.clients(clients ?? NumberList(1)).map {
                NamedLoad(
                    name: say("\($0) \($0 == 1 ? "client" : "clients")", "\($0) 个客户端"), level: Double($0),
                    settings: try load.settings(.clients($0)))
            }
        }
        return NamedLoad.withOwnPrompts(loads)
    }

    private func facts(_ report: ServeReport) -> [ReportDocument.Fact] {
        let say = output.language
        let models = Set(report.entries.map { "\($0.endpoint): \($0.model)" }).sorted()
        var lengths = say(
            "\(load.prompt.text) prompt and \(load.output.text) output tokens",
            "提示词 \(load.prompt.text) token，输出 \(load.output.text) token")
        if trace != nil {
            lengths = say(
                "of the trace, prompts up to \(longestPrompt) and answers up to \(longestOutput) tokens",
                "取自轨迹；提示词最多 \(longestPrompt)、回答最多 \(longestOutput) token")
        }
        if load.sharedPrefix > 0 {
            lengths += say(", the first \(load.sharedPrefix) shared", "，前 \(load.sharedPrefix) token 共享")
        }
        return [
            ReportDocument.Fact(say("servers", "服务器"), models.joined(separator: "; ")),
            ReportDocument.Fact(say("requests", "请求"), "\(load.api.rawValue), \(lengths)"),
        ] + output.facts
    }
}
