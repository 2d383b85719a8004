import Engine
import Kernels
import TestSupport
import Testing

@Suite("Determinism")
struct DeterminismTests {
    /// One way to serve the same requests.
    struct Setting: Sendable, CustomStringConvertible {
        var running = 16
        var budget = 64
        /// Fewer than all contexts together need, so that sequences are preempted.
        var blocks: Int?
        var threads = 1
        var set = InstructionSet.best
        var cachesPrefixes = true

        var description: String {
            "\(running) running, \(budget) tokens a step, \(blocks ?? 0) blocks, \(threads) threads, \(set)"
                + (cachesPrefixes ? "" : ", no prefix cache")
        }
    }

    static let settings = [
        Setting(running: 1), Setting(), Setting(budget: 16), Setting(budget: 17, threads: 2),
        Setting(running: 3, budget: 5),
        Setting(budget: 40, blocks: 8), Setting(running: 7, budget: 100, blocks: 8, threads: 2), Setting(threads: 2),
        Setting(budget: 200, threads: 3), Setting(set: .avx2), Setting(budget: 33, blocks: 8, set: .scalar),
        Setting(cachesPrefixes: false), Setting(running: 5, budget: 24, blocks: 9, cachesPrefixes: false),
    ]

    @Test("an answer depends on its request alone: not on neighbours, chunks, preemption, threads or instruction set")
    func sameAnswers() throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            print("seed \(seed)")
            var generator = SeededGenerator(seed: seed)
            let model = try PackedModel(TinyModel.variants[Int(seed) * 3])
            let requests = (0..<14).map { _ in
                GenerationRequest.random(vocabulary: model.tokenizer.vocabularySize, longest: 200, using: &generator)
            }
            let alone = try EngineCore(model, cachesPrefixes: false)
            let expected = requests.map { alone.answer($0) }
            for setting in Self.settings where setting.set.kernels != nil {
                let core = try EngineCore(
                    model, running: setting.running, budget: setting.budget, blocks: setting.blocks,
                    threads: setting.threads, set: setting.set, cachesPrefixes: setting.cachesPrefixes)
                try serve(requests, on: core, setting, expecting: expected, seed: seed)
            }
        }
    }

    /// Adds the requests at random steps, and expects every answer to be what it was alone and all blocks to return.
    private func serve(
        _ requests: [GenerationRequest], on core: EngineCore, _ setting: Setting,
        expecting expected: [[CollectingSink.Answer]], seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed &* 977)
        let sinks = requests.map { CollectingSink(choices: $0.choices) }
        var waiting = Array(requests.indices.shuffled(using: &generator))
        var steps = 0
        while !waiting.isEmpty || !core.isIdle {
            if let next = waiting.last, core.isIdle || Int.random(in: 0..<3, using: &generator) == 0 {
                core.add(requests[next], ticket: next, sink: sinks[next])
                waiting.removeLast()
            }
            _ = core.step()
            #expect(core.scheduler.violation == nil, "\(setting), seed \(seed)")
            steps += 1
            try #require(steps < 20_000, "the engine makes no progress: \(setting), seed \(seed)")
        }
        for index in requests.indices {
            #expect(sinks[index].answers == expected[index], "request \(index): \(setting), seed \(seed)")
        }
        #expect(core.scheduler.pool.usedCount == 0)
        if setting.blocks != nil { #expect(core.statistics.preemptions > 0, "\(setting), seed \(seed)") }
    }
}
