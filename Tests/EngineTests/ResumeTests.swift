import Engine
import Sampling
import Synchronization
import TestSupport
import Testing
import Tokenization

@Suite("Resume")
struct ResumeTests {
    private let model: PackedModel

    init() throws { model = try PackedModel(TinyModel(type: 8, seed: 5)) }

    private func request(_ stops: [String] = [], maxTokens: Int = 40) -> GenerationRequest {
        GenerationRequest(
            id: "test", prompt: (0..<37).map { TokenID(10 + $0) }, choices: 3,
            sampling: SamplingParameters(temperature: 1, seed: 42), maxTokens: maxTokens,
            stop: StopConditions(strings: stops, ignoresEndOfGeneration: true))
    }

    private func run(_ request: GenerationRequest, on core: EngineCore) -> [[RecordingSink.Piece]] {
        let sink = RecordingSink(choices: request.choices)
        core.add(request, ticket: 0, sink: sink)
        while core.step() {}
        return sink.pieces
    }

    /// A request of which one choice meets a stop string that begins in the middle of a token's character or text, and
    /// the others the limit, with its undisturbed answer.
    private func reference(_ core: EngineCore) throws -> (GenerationRequest, [[RecordingSink.Piece]]) {
        let free = run(request(), on: core)[1]
        let texts = free.map(\.text)
        let place = try #require(
            (10..<25).first { index in texts[index...index + 3].allSatisfy { !$0.isEmpty } }, "no four texts in a row")
        let stop = String(texts[place].suffix(1)) + texts[place + 1] + texts[place + 2] + texts[place + 3].prefix(1)
        let stopped = request([stop])
        let pieces = run(stopped, on: core)
        #expect(pieces[1].last?.matchedStop == stop && pieces[0].last?.reason == .length)
        #expect(pieces[1].count < 40)
        return (stopped, pieces)
    }

    /// Resumes behind `counts` tokens and expects nothing but the rest.
    private func expectRest(
        of pieces: [[RecordingSink.Piece]], _ request: GenerationRequest, after counts: [Int], finished: [Bool],
        on core: EngineCore
    ) {
        var resumed = request
        resumed.resume = zip(counts, finished).enumerated().map { choice, known in
            ResumedChoice(tokens: pieces[choice].prefix(known.0).compactMap(\.token), isFinished: known.1)
        }
        let before = core.statistics
        let rest = run(resumed, on: core)
        var drawn = 0, given = 0
        for choice in pieces.indices {
            var expected = Array(pieces[choice].dropFirst(counts[choice]))
            if let end = pieces[choice].last, expected.isEmpty, !finished[choice] {
                expected = [RecordingSink.Piece(text: "", reason: end.reason, matchedStop: end.matchedStop)]
            }
            #expect(rest[choice] == expected, "choice \(choice) after \(counts)")
            drawn += pieces[choice].count - counts[choice]
            if counts[choice] < pieces[choice].count { given += request.prompt.count + counts[choice] }
        }
        #expect(core.statistics.generatedTokens - before.generatedTokens == drawn)
        #expect(core.statistics.promptTokens - before.promptTokens == given)
        #expect(core.isIdle && core.scheduler.pool.usedCount == 0)
    }

    @Test("an answer cut behind any token goes on as if it had not been cut: tokens, text, stop strings, ends")
    func everyCut() throws {
        let core = try EngineCore(model)
        let other = try EngineCore(model, budget: 17, threads: 2)
        let (request, pieces) = try reference(core)
        #expect(pieces.joined().contains { $0.text.isEmpty && $0.reason == nil }, "characters split over tokens")
        for cut in 0...40 {
            let counts = pieces.map { min(cut, $0.count) }
            expectRest(of: pieces, request, after: counts, finished: [false, false, false], on: other)
        }
    }

    @Test("choices may have come differently far, and finished ones stay so")
    func unevenCuts() throws {
        let core = try EngineCore(model)
        let (request, pieces) = try reference(core)
        let seed: UInt64 = 7
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var finished = [false, false, false]
            let counts = pieces.indices.map { choice in
                let isWhole = Int.random(in: 0..<3, using: &generator) == 0
                finished[choice] = isWhole && Bool.random(using: &generator)
                let count = pieces[choice].count
                return isWhole ? count : Int.random(in: 0...count, using: &generator)
            }
            expectRest(of: pieces, request, after: counts, finished: finished, on: core)
        }
    }

    @Test("tokens that the request can not have brought forth are refused, with the choice's number")
    func refusals() throws {
        let engine = try Engine(
            weights: model.weights, tokenizer: model.tokenizer, chatFormat: nil,
            configuration: EngineConfiguration(contextLength: 64, threads: 1))
        func refusal(_ resume: [ResumedChoice], change: (inout GenerationRequest) -> Void = { _ in }) -> EngineError? {
            var request = request()
            request.maxTokens = 5
            change(&request)
            request.resume = resume
            return #expect(throws: EngineError.self) { try engine.generate(request) }
        }
        let unknown = refusal([ResumedChoice(), ResumedChoice(tokens: [TokenID(model.tokenizer.vocabularySize)])])
        #expect(unknown?.code == .invalidResume && unknown?.choice == 1)
        #expect(refusal([ResumedChoice(tokens: [-1])])?.choice == 0)
        let long = refusal([ResumedChoice(tokens: [20, 20, 20, 20, 20, 20])])
        #expect(long?.code == .invalidResume && long?.message.contains("5 tokens at most") == true)
        let overflowing = refusal([ResumedChoice(tokens: Array(repeating: 20, count: 28))]) { $0.maxTokens = nil }
        #expect(overflowing?.message.contains("27 tokens at most") == true, "64 less a prompt of 37")
        let ended = refusal([ResumedChoice(tokens: [20, 2, 20])]) { $0.stop.ignoresEndOfGeneration = false }
        #expect(ended?.message.contains("ends with token number 2") == true)
        #expect(refusal(Array(repeating: ResumedChoice(), count: 4))?.code == .invalidResume)
    }

    @Test("an answer whose choices are all finished or ended says just that, and leaves nothing behind")
    func nothingLeft() async throws {
        let engine = try Engine(
            weights: model.weights, tokenizer: model.tokenizer, chatFormat: nil,
            configuration: EngineConfiguration(contextLength: 64, threads: 1))
        let whole = Array(repeating: TokenID(20), count: 5)
        var request = request(maxTokens: 5)
        request.resume = (0..<3).map { _ in ResumedChoice(tokens: whole, isFinished: true) }
        for try await event in try engine.generate(request) { Issue.record("\(event)") }
        request.resume[1].isFinished = false
        var events: [GenerationEvent] = []
        for try await event in try engine.generate(request) { events.append(event) }
        #expect(events.map(\.choice) == [1] && events[0].tokens.isEmpty && events[0].finish?.reason == .length)
        await engine.drain()
        #expect(engine.statistics().generatedTokens == 0)
    }
}

/// Keeps every event of an engine, by choice.
private final class RecordingSink: GenerationSink {
    struct Piece: Equatable {
        var token: TokenID?
        var text: String
        var reason: GenerationEvent.Finish.Reason?
        var matchedStop: String?
    }

    private let state: Mutex<[[Piece]]>

    init(choices: Int) { state = Mutex(Array(repeating: [], count: choices)) }

    var pieces: [[Piece]] { state.withLock { $0 } }

    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {
        let piece = Piece(
            token: token, text: String(decoding: text, as: UTF8.self), reason: finish?.reason,
            matchedStop: finish?.matchedStop)
        state.withLock { $0[choice].append(piece) }
    }

    func end(choice: Int, _ finish: GenerationEvent.Finish) {
        let piece = Piece(text: "", reason: finish.reason, matchedStop: finish.matchedStop)
        state.withLock { $0[choice].append(piece) }
    }

    func fail(_ error: EngineError) { Issue.record("\(error)") }
}
