import ArgumentParser
import Autoscaling
import Foundation
import Simulation
import Terminal

extension SimulatedPolicy: ExpressibleByArgument {}

/// `pronk simulate`: a trace through the deciders under a virtual clock.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Replay a trace of requests: starts, waits and instance hours of Pronk's decider and of Knative's.",
        discussion: """
            Without --policy both are replayed, and an oracle that knows every arrival shows the bound. Nothing is
            started, and hours pass in a moment. Traces: Azure's CSV of 2023 (TIMESTAMP,ContextTokens,GeneratedTokens)
            and Mooncake's JSON lines (timestamp, input_length, output_length).
            """)

    @Option(help: "The file of the trace.")
    var trace: String?

    @Flag(help: "Generate a workday of 5,000 requests instead, most of them from nine to six.")
    var workday = false

    @Option(help: "pronk or kpa; both, with the oracle, if not given.")
    var policy: SimulatedPolicy?

    @Option(help: "How many times as far apart the requests come.")
    var stretch = 1.0

    @Option(help: "The most instances.")
    var max = 40

    @Option(help: "Requests that one instance should serve at a time.")
    var target = 4.0

    @Option(help: "Requests that one instance takes at a time. [default: target / 0.7]")
    var concurrency: Int?

    @Option(help: "Seconds without a request until nothing runs.")
    var idle = 600.0

    @Option(help: "Seconds for which fewer instances must have sufficed before one is let go.")
    var scaleDownDelay = 0.0

    @Option(help: "The median seconds of a start.")
    var timeToReady = 5.0

    @Option(help: "The deviation of the logarithm of a start's seconds.")
    var timeToReadySpread = 0.2

    @Option(help: "Prompt tokens a second that an instance reads.")
    var prefillRate = 3000.0

    @Option(help: "Tokens a second that a sequence generates.")
    var decodeRate = 40.0

    @Option(help: "Tokens a second that all sequences of an instance generate.")
    var decodeCeiling = 800.0

    @Option(help: "The price of an instance hour.")
    var price: Double?

    @Option(help: "What decides the times of starts, and the generated workday.")
    var seed: UInt64 = 1

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard (trace != nil) != workday else {
            throw ValidationError("Give either --trace FILE or --workday.")
        }
        guard stretch > 0, stretch <= 10_000 else {
            throw ValidationError("--stretch is \(stretch); it must lie above 0 and at or below 10000.")
        }
        guard target >= 0.01, target <= 100_000 else {
            throw ValidationError("--target is \(target); it must lie between 0.01 and 100000.")
        }
        guard (price ?? 0) >= 0, (price ?? 0).isFinite else { throw ValidationError("--price is below zero.") }
        guard [idle, scaleDownDelay].allSatisfy({ $0.isFinite && abs($0) < 1e9 }) else {
            throw ValidationError("--idle and --scale-down-delay are seconds.")
        }
    }

    func run() throws {
        do {
            var results = try PolicyComparison.run(
                try requests(), policies: policy.map { [$0] } ?? SimulatedPolicy.allCases, settings: settings)
            if let price {
                for index in results.indices { results[index].cost = results[index].instanceHours * price }
            }
            print(json ? try Self.json(results) : Self.table(results))
        } catch let error as SimulationError {
            throw CommandError(error.message)
        }
    }

    private func requests() throws -> Trace {
        let requests = try trace.map { try TraceReader.read(path: $0) } ?? Workday.trace(seed: seed)
        return requests.stretched(by: stretch)
    }

    private var settings: ReplaySettings {
        var settings = ReplaySettings(
            limits: ScalingLimits(
                minimum: 0, maximum: max, target: target, idle: .seconds(idle),
                scaleDownDelay: .seconds(scaleDownDelay)))
        settings.seed = seed
        settings.model.concurrency = concurrency ?? Int((target / 0.7).rounded(.up))
        settings.model.prefillRate = prefillRate
        settings.model.decodeRate = decodeRate
        settings.model.decodeCeiling = decodeCeiling
        settings.model.timeToReady = timeToReady
        settings.model.timeToReadySpread = timeToReadySpread
        return settings
    }

    private static func json(_ results: [ReplayResult]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(results), as: UTF8.self)
    }

    /// One column for each policy.
    private static func table(_ results: [ReplayResult]) -> String {
        func row(_ name: String, _ value: (ReplayResult) -> String) -> [String] { [name] + results.map(value) }
        func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        var rows = [
            row("") { $0.policy }, row("requests") { String($0.requests) }, row("refused") { String($0.refused) },
            row("instances started") { String($0.starts) }, row("  of them from zero") { String($0.coldStarts) },
            row("requests that waited for a start") { String($0.requestsThatWaitedForAStart) },
            row("wait, median") { number($0.waitP50, 3) + " s" }, row("wait, p99") { number($0.waitP99, 3) + " s" },
            row("wait, mean") { number($0.waitMean, 3) + " s" },
            row("first token, p99") { number($0.firstTokenP99, 3) + " s" },
            row("slowdown, mean") { number($0.slowdownMean, 2) },
            row("instance hours") { number($0.instanceHours, 2) }, row("most instances") { String($0.mostInstances) },
            row("flaps") { String($0.flaps) },
        ]
        if results.contains(where: { $0.cost != nil }) {
            rows.append(row("cost") { $0.cost.map { number($0, 2) } ?? "" })
        }
        return TextTable.lines(rows, right: Set(1...Swift.max(1, results.count)))
    }
}
