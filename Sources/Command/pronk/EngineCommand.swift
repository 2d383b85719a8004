import ArgumentParser
import Checkpoints
import Engine
import EngineServer
import Glibc
import Kernels
import Logging
import Models
import ServiceLifecycle
import Terminal
import Tokenization

/// `pronk engine`: one model behind the OpenAI API.
struct EngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Serve one model over the OpenAI API.",
        discussion: """
            Answers /v1/chat/completions, /v1/completions, /v1/models, /tokenize, /detokenize, /metrics and /healthz.
            SIGTERM and Ctrl+C refuse new requests, finish those in flight, and end the program.
            """
    )

    @Option(help: "The model's name in `pronk model list`, or the path of a packed image or a checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("What clients call the model. Default: the model's own name.", valueName: "name"))
    var servedModelName: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen: HOST:PORT, or unix:PATH. Port 0 takes a free one.", valueName: "address"),
        transform: { try ListenAddress($0) })
    var listen = ListenAddress.tcp(host: "127.0.0.1", port: 7860)

    @Flag(help: "End at once when standard input closes: the program that started this one holds its other end.")
    var lease = false

    @Option(help: ArgumentHelp("Seconds that requests in flight get after SIGTERM.", valueName: "seconds"))
    var grace = 30

    @Option(help: "Threads that compute. Default: one for each core.")
    var threads: Int?

    @Option(help: ArgumentHelp("Answers computed together; others wait.", valueName: "count"))
    var maxSequences: Int?

    @Option(help: ArgumentHelp("Tokens of prompt and answer together. Default: the model's.", valueName: "tokens"))
    var context: Int?

    @Option(
        help: ArgumentHelp(
            "Stretch the context that the model was trained for: linear, dynamic, yarn or llama3 with a factor, as in "
                + "yarn:2; or none. Takes effect with --context. Default: as the checkpoint says.",
            valueName: "kind:factor"))
    var ropeScaling = RopeChoice.checkpoint

    @Option(
        help: ArgumentHelp(
            "Memory for the keys and values of conversations, as in 512MB. Default: chosen from what is free.",
            valueName: "size"))
    var kvMemory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "How keys and values are stored: q8 or f16, which takes twice the memory. Default: q8.",
            valueName: "type"))
    var kvType = KVType.standard

    @Flag(
        inversion: .prefixedNo,
        help:
            "Keep keys and values of prompts and answers, so that later prompts that begin alike need not compute them."
    )
    var prefixCache = true

    @Option(help: "Instructions to compute with: scalar, avx2, avx512, avx512bf16, neon. Default: the best there are.")
    var isa: InstructionSet = .best

    @Option(
        help: ArgumentHelp("What to log on standard error: debug, info, warning or error.", valueName: "level"),
        transform: {
            guard let level = Logger.Level(rawValue: $0) else {
                throw ValidationError("'\($0)' is no log level: use debug, info, warning or error.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    @OptionGroup var data: DataOptions

    func validate() throws {
        for (name, value) in [("--threads", threads), ("--max-sequences", maxSequences), ("--context", context)] {
            guard value ?? 1 >= 1 else { throw ValidationError("\(name) must be at least 1.") }
        }
        guard grace >= 0 else { throw ValidationError("--grace must not be negative.") }
        guard isa.kernels != nil else {
            throw ValidationError("This processor has no \(isa.rawValue): leave --isa out to use the best that it has.")
        }
    }

    func run() async throws {
        // A log that nobody reads any more must not end the program; the lease does.
        signal(SIGPIPE, SIG_IGN)
        let logger = makeLogger()
        let image = try findImage()
        let server = EngineServer(
            generator: try makeGenerator(image),
            options: EngineServer.Options(
                listen: listen, modelName: servedModelName ?? image.modelName, gracePeriod: .seconds(grace),
                lease: lease ? STDIN_FILENO : nil, version: Pronk.configuration.version),
            logger: logger)
        var quiet = logger
        quiet.logLevel = max(logLevel, .warning)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: server, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await services.run()
    }

    private func makeLogger() -> Logger {
        var logger = Logger(label: "pronk.engine") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }

    private func findImage() throws -> PackedImage {
        let isTerminal = isatty(STDERR_FILENO) == 1
        var line: ProgressLine?
        return try data.modelStore().find(model) { fraction in
            var progress = line ?? ProgressLine("Packing", totalBytes: 0, isTerminal: isTerminal)
            if let text = progress.update(fraction, now: .now) { StandardError.write(text) }
            line = progress
        }
    }

    /// Maps the model and starts its thread; nothing is converted, so this takes milliseconds.
    private func makeGenerator(_ image: PackedImage) throws -> any TextGenerator {
        var configuration = EngineConfiguration(
            contextLength: context, kvBytes: kvMemory?.bytes, kvType: kvType, threads: threads, instructionSet: isa,
            cachesPrefixes: prefixCache)
        if let maxSequences { configuration.maximumRunning = maxSequences }
        return try Engine(
            weights: try LlamaWeights(image: image, rope: ropeScaling, contextLength: context),
            tokenizer: try Tokenizer(tables: image.tokenizerTables, owner: image),
            // A template that we do not know makes chat fail with a clear error, and leaves completions.
            chatFormat: image.chatTemplate.flatMap { try? ChatFormat(template: $0) },
            configuration: configuration)
    }
}

extension InstructionSet: ExpressibleByArgument {}
extension KVType: ExpressibleByArgument {}

extension RopeChoice: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(description: argument)
    }

    package var defaultValueDescription: String { "as the checkpoint says" }
}
