import CAllocationCounter
import Engine
import Sampling
import TestSupport
import Testing
import Tokenization

@Suite("Allocations")
struct AllocationTests {
    /// Counts tokens and keeps nothing.
    private final class CountingSink: GenerationSink {
        func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {}
        func end(choice: Int, _ finish: GenerationEvent.Finish) {}
        func fail(_ error: EngineError) {}
    }

    @Test("the counter sees an allocation")
    func counterWorks() {
        let count = allocations { _ = UnsafeMutablePointer<Int>.allocate(capacity: 10) }
        #expect(count > 0)
    }

    @Test("1,000 decode steps of four sequences with every kind of sampling allocate nothing")
    func decodeAllocatesNothing() throws {
        var tiny = TinyModel(type: 8)
        tiny.contextLength = 2048
        let core = try EngineCore(PackedModel(tiny), context: 2048)
        let kinds = [
            SamplingParameters(temperature: 0), SamplingParameters(repetitionPenalty: 1.1, seed: 1),
            SamplingParameters(temperature: 0.7, topP: 0.9, seed: 2),
            SamplingParameters(temperature: 1.2, topK: 40, minP: 0.01, seed: 3),
        ]
        for (index, sampling) in kinds.enumerated() {
            let request = GenerationRequest(
                id: "test", prompt: [10, 11, 12], sampling: sampling, maxTokens: 1500,
                stop: StopConditions(strings: ["never in the answer"], ignoresEndOfGeneration: true))
            core.add(request, ticket: index, sink: CountingSink())
        }
        for _ in 0..<40 { _ = core.step() }
        let count = allocations { for _ in 0..<1000 { _ = core.step() } }
        #expect(core.statistics.generatedTokens >= 4000)
        #expect(count == 0)
    }

    /// Heap allocations that this thread makes in `body`.
    private func allocations(_ body: () -> Void) -> Int {
        ca_start()
        body()
        return ca_stop()
    }
}
