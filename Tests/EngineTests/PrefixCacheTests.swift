import Engine
import Sampling
import TestSupport
import Testing
import Tokenization

@Suite("Prefix cache")
struct PrefixCacheTests {
    private let model: PackedModel

    init() throws { model = try PackedModel(TinyModel(type: 8, seed: 5)) }

    private func prompt(shared: Int, own: [Int32] = []) -> [TokenID] {
        (0..<shared).map { TokenID(10 + $0 * 7 % 200) } + own.map(TokenID.init(rawValue:))
    }

    private func request(
        _ prompt: [TokenID], choices: Int = 1, maxTokens: Int = 8, salt: String = "", resume: [ResumedChoice] = []
    ) -> GenerationRequest {
        GenerationRequest(
            id: "test", prompt: prompt, choices: choices, sampling: SamplingParameters(temperature: 1, seed: 3),
            maxTokens: maxTokens, stop: StopConditions(ignoresEndOfGeneration: true), cacheSalt: salt, resume: resume)
    }

    private func run(_ requests: [GenerationRequest], on core: EngineCore) -> [CollectingSink] {
        let sinks = requests.map { CollectingSink(choices: $0.choices) }
        for (ticket, request) in requests.enumerated() { core.add(request, ticket: ticket, sink: sinks[ticket]) }
        while core.step() { #expect(core.scheduler.violation == nil) }
        return sinks
    }

    @Test("a second request is spared the whole blocks of its prompt, and says so")
    func secondRequest() throws {
        let core = try EngineCore(model)
        let first = run([request(prompt(shared: 100))], on: core)[0]
        let before = core.statistics
        let second = run([request(prompt(shared: 100))], on: core)[0]
        #expect(first.cachedPromptTokens == [0] && second.cachedPromptTokens == [96])
        #expect(first.answers == second.answers)
        #expect(core.statistics.stepTokenSum - before.stepTokenSum == 4 + 7)
        #expect(core.statistics.prefixQueries == 200 && core.statistics.prefixHits == 96)
        #expect(core.statistics.usedBlocks == 0 && core.statistics.cachedBlocks == 3)
    }

    @Test("of requests that arrive together one computes what they share")
    func together() throws {
        let core = try EngineCore(model)
        let requests = (0..<6).map { request(prompt(shared: 130, own: [$0, $0])) }
        let sinks = run(requests, on: core)
        #expect(sinks.map { $0.cachedPromptTokens[0] } == [0, 128, 128, 128, 128, 128])
        #expect(core.statistics.stepTokenSum == 132 + 5 * 4 + 6 * 7)
        let plain = try EngineCore(model, cachesPrefixes: false)
        for (sink, expected) in zip(sinks, run(requests, on: plain)) { #expect(sink.answers == expected.answers) }
        #expect(plain.statistics.prefixHits == 0 && plain.statistics.cachedBlocks == 0)
    }

    @Test("the choices of a request share its prompt")
    func choices() throws {
        let core = try EngineCore(model)
        let sink = run([request(prompt(shared: 70), choices: 4)], on: core)[0]
        #expect(sink.cachedPromptTokens == [0, 64, 64, 64])
        #expect(core.statistics.stepTokenSum == 70 + 3 * 6 + 4 * 7)
        let plain = try EngineCore(model, cachesPrefixes: false)
        #expect(run([request(prompt(shared: 70), choices: 4)], on: plain)[0].answers == sink.answers)
    }

    @Test("what one salt computed is not there for another")
    func salts() throws {
        let core = try EngineCore(model)
        // Parts that would be equal if they were only joined are among them.
        for salt in ["", "a", "b", "2:a", "1:a1:b"] {
            let sinks = [0, 1].map { _ in run([request(prompt(shared: 100), salt: salt)], on: core)[0] }
            #expect(sinks.map(\.cachedPromptTokens) == [[0], [96]], "salt '\(salt)'")
        }
        let together = ["c", "d"].map { request(prompt(shared: 100), salt: $0) }
        #expect(run(together, on: core).map(\.cachedPromptTokens) == [[0], [0]])
    }

    @Test("an answer that goes on elsewhere finds its prompt and its beginning, and ends alike")
    func resumed() throws {
        let core = try EngineCore(model)
        let whole = run([request(prompt(shared: 50), maxTokens: 60)], on: core)[0].answer
        let before = core.statistics
        let beginning = ResumedChoice(tokens: Array(whole.tokens.prefix(40)))
        let rest = run([request(prompt(shared: 50), maxTokens: 60, resume: [beginning])], on: core)[0]
        #expect(rest.answer.tokens == Array(whole.tokens.dropFirst(40)))
        #expect(core.statistics.prefixHits - before.prefixHits == 64)
        #expect(rest.cachedPromptTokens == [50], "more than its prompt is no prompt")
    }

    @Test("the next turn of a chat finds the answer before it")
    func nextTurn() throws {
        let core = try EngineCore(model)
        let first = prompt(shared: 50)
        let answer = run([request(first, maxTokens: 60)], on: core)[0].answer
        let second = first + answer.tokens + [7, 8, 9]
        let sink = run([request(second)], on: core)[0]
        #expect(sink.cachedPromptTokens == [96])
        #expect(try EngineCore(model, cachesPrefixes: false).answer(request(second)) == sink.answers)
    }

    @Test(
        "hits change no token: prompts that begin alike, with choices, cancellations, continuations and a full pool",
        arguments: 1...6 as ClosedRange<UInt64>)
    func randomLoads(seed: UInt64) throws {
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let model = try PackedModel(TinyModel.variants[Int(seed) % TinyModel.variants.count])
        let requests = (0..<24).map { _ in
            GenerationRequest.branching(vocabulary: model.tokenizer.vocabularySize, using: &generator)
        }
        let plain = try EngineCore(model, cachesPrefixes: false)
        let expected = requests.map { plain.answer($0) }
        for (blocks, budget, running) in [(nil, 64, 16), (8, 40, 6), (11, 23, 16), (nil, 256, 3)] as [(Int?, Int, Int)]
        {
            let core = try EngineCore(model, running: running, budget: budget, blocks: blocks, threads: 2)
            var load = DisturbedLoad(requests: requests, expected: expected, core: core, seed: seed)
            try load.run()
            // A pool of about one context keeps little.
            #expect(core.statistics.prefixHits > (blocks == nil ? 500 : 0), "seed \(seed)")
            #expect(core.scheduler.pool.usedCount == 0 && core.isIdle)
            if blocks == 8 { #expect(core.statistics.preemptions > 0, "seed \(seed)") }
        }
    }
}
