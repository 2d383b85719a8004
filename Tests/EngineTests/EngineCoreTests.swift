import Foundation
import Engine
import Sampling
import TestSupport
import Testing
import Tokenization

@Suite("Engine core")
struct EngineCoreTests {
    private let model: PackedModel

    init() throws { model = try PackedModel(TinyModel(type: 8, seed: 5)) }

    private func request(_ count: Int, maxTokens: Int? = 20, stop: StopConditions = .init(ignoresEndOfGeneration: true))
        -> GenerationRequest
    {
        GenerationRequest(
            id: "test", prompt: (0..<count).map { TokenID(10 + $0 % 100) },
            sampling: SamplingParameters(temperature: 1, seed: 42), maxTokens: maxTokens, stop: stop)
    }

    @Test("an answer ends at its token limit, or where the context ends")
    func limits() throws {
        let core = try EngineCore(model, context: 64)
        let limited = core.answer(request(10))[0]
        #expect(limited.tokens.count == 20 && limited.reason == .length)
        let full = core.answer(request(10, maxTokens: nil))[0]
        #expect(full.tokens.count == 54 && full.reason == .length)
    }

    @Test("a high enough repetition penalty keeps every token of prompt and answer from coming again")
    func repetition() throws {
        let core = try EngineCore(model)
        var request = request(10, maxTokens: 40)
        request.sampling.temperature = 0
        request.sampling.repetitionPenalty = 100
        let answer = core.answer(request)[0].tokens
        let all = request.prompt.map(\.rawValue) + answer.map(\.rawValue)
        #expect(answer.count == 40 && Set(all).count == all.count)
        request.sampling.repetitionPenalty = 1
        let free = core.answer(request)[0].tokens
        #expect(Set(free).count < free.count, "this model repeats itself when it may")
    }

    @Test("a stop string ends the answer and is cut off, unless it is to be included")
    func stopStrings() throws {
        let core = try EngineCore(model)
        let free = core.answer(request(10, maxTokens: 60))[0]
        let characters = Array(free.text)
        try #require(characters.count > 12)
        let stop = String(characters[8...9])
        let place = try #require(free.text.range(of: stop))
        var conditions = StopConditions(strings: [stop], ignoresEndOfGeneration: true)
        let cut = core.answer(request(10, maxTokens: 60, stop: conditions))[0]
        #expect(cut.text == String(free.text[..<place.lowerBound]))
        #expect(cut.reason == .stop && cut.matchedStop == stop)
        conditions.includesMatch = true
        let included = core.answer(request(10, maxTokens: 60, stop: conditions))[0]
        #expect(included.text == cut.text + stop)
    }

    @Test("a stop token ends the answer without its text")
    func stopTokens() throws {
        let core = try EngineCore(model)
        let free = core.answer(request(10))[0]
        let token = free.tokens[7]
        let first = try #require(free.tokens.firstIndex(of: token))
        let cut = core.answer(request(10, stop: .init(tokens: [token], ignoresEndOfGeneration: true)))[0]
        #expect(cut.tokens == Array(free.tokens[...first]) && cut.reason == .stop)
        #expect(free.text.hasPrefix(cut.text))
    }

    @Test("the model's own end of generation ends the answer")
    func endOfGeneration() throws {
        let core = try EngineCore(model)
        // Among many seeds some answer draws an end token; without the stop it would go on.
        for seed in 0..<200 as Range<UInt64> {
            var request = request(5, maxTokens: 100, stop: .init())
            request.sampling.seed = seed
            let answer = core.answer(request)[0]
            guard answer.reason == .stop else { continue }
            #expect(answer.tokens.last.map(model.tokenizer.endOfGeneration.contains) == true)
            return
        }
        Issue.record("no answer ended by itself")
    }

    @Test("choices of one request differ, and a choice is the same whatever their number")
    func choices() throws {
        let core = try EngineCore(model)
        var three = request(12)
        three.choices = 3
        let answers = core.answer(three)
        #expect(Set(answers.map { $0.tokens.map(\.rawValue) }).count == 3)
        #expect(core.answer(request(12))[0] == answers[0])
    }

    @Test("a cancelled request frees its blocks and leaves the others as they were")
    func cancellation() throws {
        let core = try EngineCore(model)
        let expected = core.answer(request(40))
        let cancelled = CollectingSink(), kept = CollectingSink()
        core.add(request(90, maxTokens: 100), ticket: 1, sink: cancelled)
        core.add(request(40), ticket: 2, sink: kept)
        for _ in 0..<5 { _ = core.step() }
        core.cancel(ticket: 1)
        let drawn = cancelled.answer.tokens.count
        while core.step() {}
        #expect(cancelled.answer.tokens.count == drawn && cancelled.answer.reason == nil)
        #expect(kept.answers == expected)
        #expect(core.scheduler.pool.usedCount == 0 && core.isIdle)
        core.add(request(90), ticket: 3, sink: CollectingSink())
        _ = core.step()
        #expect(core.statistics.runningSequences == 1 && core.statistics.usedBlocks > 0)
        core.cancel(ticket: 3)
        #expect(core.statistics.runningSequences == 0 && core.statistics.usedBlocks == 0, "without another step")
    }
}
