import ArgumentParser
import Benchmarking
import Foundation

extension TokenCount: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension LoadSettings.API: ExpressibleByArgument {}

/// Numbers that are tried one after the other, as in `1,4,16`.
struct NumberList: ExpressibleByArgument, Sendable {
    let values: [Double]

    init(_ values: Double...) { self.values = values }

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ ($0 ?? -1).isFinite && ($0 ?? -1) > 0 }) else { return nil }
        values = numbers.compactMap { $0 }
    }
}

/// What requests of a load look like: the same for `bench serve` and `bench compare`.
struct BenchLoadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The model's name. Default: the first that the server lists.", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("The API key. Default: $OPENAI_API_KEY, which `ps` does not show.", valueName: "key"))
    var key: String?

    @Option(help: "The route: chat or completions.")
    var api = LoadSettings.API.chat

    @Option(
        name: .customLong("prompt"),
        help: ArgumentHelp("Tokens of a prompt: 100, or any of 50-200.", valueName: "tokens"))
    var prompt = TokenCount(100...100)

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("Tokens of an answer: 64, or any of 16-128.", valueName: "tokens"))
    var output = TokenCount(64...64)

    @Option(
        help: ArgumentHelp("Tokens at the beginning that all prompts of a load share.", valueName: "tokens"))
    var sharedPrefix = 0

    @Option(help: ArgumentHelp("Requests of a load. Default: 4 a client, 20 at least.", valueName: "count"))
    var requests: Int?

    @Option(help: ArgumentHelp("Seconds after which a load sends nothing new.", valueName: "seconds"))
    var duration: Double?

    @Option(help: ArgumentHelp("Seconds that one request may take.", valueName: "seconds"))
    var timeout = 300.0

    @Option(help: "What decides arrivals and lengths. Words of prompts are always new.")
    var seed: UInt64 = 1

    var environmentKey: String? {
        if let key { return key }
        let value = ProcessInfo.processInfo.environment["OPENAI_API_KEY"] ?? ""
        return value.isEmpty ? nil : value
    }

    /// Settings of one load of so many clients, a rate, or a trace.
    func settings(_ arrivals: Arrivals) throws -> LoadSettings {
        var settings = LoadSettings(arrivals: arrivals)
        settings.api = api
        settings.prompt = prompt
        settings.output = output
        settings.sharedPrefix = sharedPrefix
        settings.duration = duration
        settings.timeout = timeout
        settings.seed = seed
        settings.requests = requests
        if requests == nil, duration == nil {
            switch arrivals {
            case .clients(let count): settings.requests = max(20, 4 * count)
            case .rate: settings.requests = 20
            case .trace: break
            }
        }
        do { try settings.validate() } catch { throw ValidationError(error.message) }
        return settings
    }

    /// Whole numbers of clients.
    func clients(_ list: NumberList) throws -> [Int] {
        try list.values.map { value in
            guard let count = Int(exactly: value) else {
                throw ValidationError("--clients takes whole numbers, as in 1,4,16.")
            }
            return count
        }
    }
}
