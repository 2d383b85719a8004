import ArgumentParser
import Benchmarking
import Foundation
import Reports

/// `pronk bench compare`: the same load on several endpoints, in turns.
struct BenchCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare OpenAI-compatible servers: mean latency, QPS and memory, in interleaved rounds.",
        discussion: """
            Every round puts each load on each server, one after the other, in an order that turns round from round to
            round; ratios are to the first server. Servers that share a machine should be idle while others are
            measured. Ctrl+C ends with the rounds until then.
            """)

    @Argument(help: "Servers, as in ours=http://127.0.0.1:7860 theirs=http://127.0.0.1:8080.")
    var server: [String]

    @Option(help: ArgumentHelp("Clients at a time, as in 1,4,16.", valueName: "counts"))
    var clients: NumberList?

    @Option(help: ArgumentHelp("Rounds.", valueName: "count"))
    var rounds = 3

    @Option(
        help: ArgumentHelp(
            "NAME=PID: also measure the memory of this process and its children.", valueName: "name=pid"))
    var pid: [String] = []

    @Option(
        help: ArgumentHelp("NAME=MODEL, where a server's model is not --model.", valueName: "name=model"))
    var modelOf: [String] = []

    @Option(
        help: ArgumentHelp("NAME=KEY, where a server's key is not --key.", valueName: "name=key"))
    var keyOf: [String] = []

    @OptionGroup var load: BenchLoadOptions
    @OptionGroup var output: BenchOutput

    func validate() throws {
        guard (1...Limits.rounds).contains(rounds) else {
            throw ValidationError("--rounds must lie between 1 and \(Limits.rounds).")
        }
        let names = server.compactMap { $0.split(separator: "=").first.map(String.init) }
        guard Set(names).count == server.count else { throw ValidationError("Two servers have the same name.") }
        for (option, values) in [("--pid", pid), ("--model-of", modelOf), ("--key-of", keyOf)] {
            for name in try Self.pairs(values, option).keys where !names.contains(name) {
                throw ValidationError("\(option) names '\(name)', which is none of the servers.")
            }
        }
        _ = try loads()
        _ = try processes()
    }

    func run() async throws {
        OpenFiles.raiseLimit()
        let keys = try Self.pairs(keyOf, "--key-of")
        let endpoints = try server.map { text in
            var endpoint = try Endpoint(named: text, key: load.environmentKey)
            endpoint.key = keys[endpoint.name] ?? endpoint.key
            return endpoint
        }
        try output.check()
        let progress = BenchProgress()
        let (result, isInterrupted) = try await BenchInterruption.running { interruption in
            (try await measure(endpoints, progress: progress, interruption: interruption), interruption.isRequested)
        }
        progress.end()
        let document = result.document(
            language: output.language, facts: facts, endedEarly: isInterrupted)
        try output.write(document, kind: "compare", result: result)
        if isInterrupted { throw ExitCode(BenchInterruption.exitCode) }
        if result.failed > 0 { throw ExitCode.failure }
    }

    private func measure(
        _ endpoints: [Endpoint], progress: BenchProgress, interruption: BenchInterruption
    ) async throws -> ServerComparison {
        var result = ServerComparison(names: endpoints.map(\.name))
        let loads = try loads()
        let processes = try processes()
        let most = loads.map(\.settings.connections).max() ?? 1
        let clients = endpoints.map { EndpointClient($0, connections: most) }
        let models = try Self.pairs(modelOf, "--model-of")
        let failure: (any Error)?
        do {
            var profiles: [String: EndpointProfile] = [:]
            for client in clients {
                progress.show("\(client.endpoint.name): two short questions")
                profiles[client.endpoint.name] = try await EndpointProbe(client: client, settings: loads[0].settings)
                    .profile(model: models[client.endpoint.name] ?? load.model)
            }
            for round in 0..<rounds {
                for load in NamedLoad.withOwnPrompts(loads) {
                    for name in ServerComparison.order(result.names, round: round) {
                        guard let client = clients.first(where: { $0.endpoint.name == name }),
                            let profile = profiles[name], !interruption.isRequested
                        else { continue }
                        let summary = await LoadRun(client: client, profile: profile, settings: load.settings).run {
                            progress.show("round \(round + 1) of \(rounds), \(load.name), \(name): \($0.text)")
                        }
                        // A load that was cut short is no round.
                        if summary.endedEarly { continue }
                        result.cells.append(
                            ServerComparison.Cell(
                                endpoint: name, load: load.name, level: load.level, round: round, summary: summary,
                                memory: processes[name].flatMap { ProcessMemory.ofTree($0) }))
                    }
                }
            }
            failure = nil
        } catch {
            failure = error
        }
        for client in clients { await client.shutdown() }
        if let failure { throw failure }
        return result
    }

    private func loads() throws -> [NamedLoad] {
        let say = output.language
        return try load.clients(clients ?? NumberList(1, 4)).map {
            NamedLoad(
                name: say("\($0) \($0 == 1 ? "client" : "clients")", "\($0) 个客户端"), level: Double($0),
                settings: try load.settings(.clients($0)))
        }
    }

    private func processes() throws -> [String: Int] {
        try Self.pairs(pid, "--pid").mapValues { text in
            guard let number = Int(text), number > 0 else {
                throw ValidationError("--pid names '\(text)', which is no process: write NAME=PID.")
            }
            guard ProcessMemory.ofTree(number) != nil else {
                throw ValidationError("There is no process \(number), or it may not be looked into.")
            }
            return number
        }
    }

    private static func pairs(_ texts: [String], _ option: String) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("\(option) is '\(text)', not NAME=VALUE.") }
            pairs[parts[0]] = parts[1]
        }
        return pairs
    }

    private var facts: [ReportDocument.Fact] {
        let say = output.language
        return [
            ReportDocument.Fact(
                say("requests", "请求"),
                say(
                    "\(load.api.rawValue), \(load.prompt.text) prompt and \(load.output.text) output tokens, "
                        + "\(rounds) rounds",
                    "\(load.api.rawValue)，提示词 \(load.prompt.text)、输出 \(load.output.text) token，\(rounds) 轮"))
        ] + output.facts
    }
}
