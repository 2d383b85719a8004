import Synchronization
import Tokenization

/// Turns what the engine draws into a stream of events, which ends after the last choice.
final class StreamSink: GenerationSink {
    private let continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    private let unfinished: Atomic<Int>

    /// - Parameter choices: those that are still to end.
    init(continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation, choices: Int) {
        self.continuation = continuation
        unfinished = Atomic(choices)
    }

    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {
        continuation.yield(
            GenerationEvent(
                choice: choice, text: String(decoding: text, as: UTF8.self), tokens: [token], finish: finish))
        if finish != nil { endChoice() }
    }

    func end(choice: Int, _ finish: GenerationEvent.Finish) {
        continuation.yield(GenerationEvent(choice: choice, text: "", tokens: [], finish: finish))
        endChoice()
    }

    private func endChoice() {
        if unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { continuation.finish() }
    }

    func fail(_ error: EngineError) { continuation.finish(throwing: error) }
}
