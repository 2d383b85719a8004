import Engine
import Sampling
import TestSupport
import Testing
import Tokenization

@Suite("Engine")
struct EngineTests {
    private func engine(_ configuration: EngineConfiguration = EngineConfiguration(contextLength: 128, threads: 1))
        throws -> Engine
    {
        let model = try PackedModel(TinyModel(type: 2))
        return try Engine(
            weights: model.weights, tokenizer: model.tokenizer, chatFormat: nil, configuration: configuration)
    }

    private func request(_ count: Int = 5, maxTokens: Int? = 10) -> GenerationRequest {
        GenerationRequest(
            id: "test", prompt: Array(repeating: 20, count: count), choices: 2, maxTokens: maxTokens,
            stop: StopConditions(ignoresEndOfGeneration: true))
    }

    @Test("a stream carries every choice to its end")
    func stream() async throws {
        let engine = try engine()
        var tokens = [0, 0], finished = 0
        for try await event in try engine.generate(request()) {
            tokens[event.choice] += event.tokens.count
            if event.finish != nil { finished += 1 }
        }
        #expect(tokens == [10, 10] && finished == 2)
        await engine.drain()
        #expect(engine.statistics().generatedTokens == 20)
    }

    @Test("what can never be served is refused at once, by name")
    func refusals() throws {
        let engine = try engine()
        func code(_ request: GenerationRequest) -> EngineError.Code? {
            do throws(EngineError) {
                _ = try engine.generate(request)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(request(0)) == .emptyPrompt)
        #expect(code(request(128)) == .contextLengthExceeded)
        #expect(code(request(127)) == nil)
        #expect(code(request(5, maxTokens: 0)) == .invalidParameter)
        var unknown = request()
        unknown.prompt = [1_000_000]
        #expect(code(unknown) == .invalidParameter)
    }

    @Test("a full queue refuses, and takes requests again when it has drained")
    func fullQueue() async throws {
        let engine = try engine(EngineConfiguration(contextLength: 128, maximumWaiting: 4, threads: 1))
        let first = try engine.generate(request(5, maxTokens: nil)),
            second = try engine.generate(request(5, maxTokens: nil))
        #expect(throws: EngineError.self) { try engine.generate(request()) }
        for try await _ in first {}
        for try await _ in second {}
        while engine.statistics().runningSequences > 0 { await Task.yield() }
        for try await _ in try engine.generate(request()) {}
    }

    @Test("letting go of a stream cancels the request, and draining waits for the rest alone")
    func cancellation() async throws {
        let engine = try engine()
        let kept = try engine.generate(request(5, maxTokens: 100))
        let task = Task { for try await _ in try engine.generate(request(5, maxTokens: 100)) { break } }
        try await task.value
        await engine.drain()
        #expect(throws: EngineError.self) { try engine.generate(request()) }
        var count = 0
        for try await event in kept { count += event.tokens.count }
        #expect(count == 200)
        #expect(engine.statistics().usedBlocks == 0)
    }

    @Test("a model that the memory cannot hold is refused with the numbers, and so are impossible sizes")
    func memory() throws {
        let model = try PackedModel(TinyModel(type: 2))
        func refusal(_ configuration: EngineConfiguration) -> EngineError? {
            let error = #expect(throws: EngineError.self) {
                try Engine(
                    weights: model.weights, tokenizer: model.tokenizer, chatFormat: nil, configuration: configuration)
            }
            return error
        }
        let tooLarge = refusal(EngineConfiguration(contextLength: 256, memoryLimit: 10_000))
        #expect(tooLarge?.code == .outOfMemory)
        #expect(tooLarge?.message.contains("--kv-memory") == true)
        #expect(refusal(EngineConfiguration(contextLength: 256, kvBytes: 10))?.code == .invalidParameter)
        #expect(refusal(EngineConfiguration(contextLength: 100_000))?.code == .invalidParameter)
        #expect(refusal(EngineConfiguration(promptBudget: 100...5000))?.code == .invalidParameter)
        #expect(refusal(EngineConfiguration(threads: 0))?.code == .invalidParameter)
    }
}
