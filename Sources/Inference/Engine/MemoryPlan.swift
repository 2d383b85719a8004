import FoundationEssentials
import KVCache
import Models
import Scheduling

/// What an engine will reserve, fitted to the model and the machine before anything is allocated.
struct MemoryPlan {
    let limits: SchedulerLimits
    let threads: Int
    let blockCount: Int

    init(weights: LlamaWeights, configuration: EngineConfiguration) throws(EngineError) {
        let shape = weights.configuration
        let contextLength = configuration.contextLength ?? weights.defaultContextLength
        guard (2...max(2, weights.largestContextLength)).contains(contextLength) else {
            throw EngineError(
                .invalidParameter,
                "a context of \(contextLength) tokens is outside the model's 2 ... \(weights.largestContextLength)")
        }
        let maximumRunning = configuration.maximumRunning
        guard maximumRunning >= 1 else {
            throw EngineError(.invalidParameter, "the engine needs room for at least one running sequence")
        }
        limits = SchedulerLimits(
            maximumRunning: maximumRunning, promptBudget: configuration.promptBudget, contextLength: contextLength)
        guard limits.stepTokens <= Limits.largestStepTokens else {
            throw EngineError(
                .invalidParameter, "a step of \(limits.stepTokens) tokens exceeds \(Limits.largestStepTokens)")
        }
        threads = configuration.threads ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...Limits.threads).contains(threads) else {
            throw EngineError(.invalidParameter, "\(threads) threads are outside 1 ... \(Limits.threads)")
        }

        let blockBytes = KVStore.blockBytes(shape, type: configuration.kvType)
        let perSequence = BlockPool.blocks(forTokens: contextLength)
        let available = configuration.memoryLimit ?? Self.availableBytes
        let largest = perSequence * maximumRunning
        let wanted =
            configuration.kvBytes.map { $0 / blockBytes }
            ?? max(perSequence, Int(Double(available) * Limits.kvMemoryShare) / blockBytes)
        blockCount = min(wanted, largest)
        guard blockCount >= perSequence else {
            throw EngineError(
                .invalidParameter,
                "\(configuration.kvBytes ?? 0) bytes hold keys and values of \(wanted * BlockPool.tokensPerBlock) "
                    + "tokens, fewer than one context of \(contextLength): give --kv-memory at least "
                    + "\(perSequence * blockBytes) bytes or lower --context")
        }
        let needed = weights.image.byteCount + blockCount * blockBytes
        guard needed <= available else {
            throw EngineError(
                .outOfMemory,
                "\(shape.name) needs \(Self.gigabytes(needed)) (weights \(Self.gigabytes(weights.image.byteCount)), "
                    + "keys and values \(Self.gigabytes(blockCount * blockBytes))), but \(Self.gigabytes(available)) "
                    + "of memory are available: lower --context or --kv-memory, or choose a smaller model")
        }
    }

    private static func gigabytes(_ bytes: Int) -> String {
        let tenths = (bytes + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) GB"
    }

    /// Memory that can be had without swapping: the machine's, or the control group's if that is less.
    private static var availableBytes: Int {
        var available = Int.max
        if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        {
            available = kilobytes * 1024
        }
        if let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8),
            let limit = Int(text.split(separator: "\n").first ?? "")
        {
            available = min(available, limit)
        }
        return available
    }
}
