import Engine
import Synchronization
import Tokenization

/// Keeps what an engine hands out, by choice.
final class CollectingSink: GenerationSink {
    struct Answer: Equatable {
        var tokens: [TokenID] = []
        var text = ""
        var reason: GenerationEvent.Finish.Reason?
        var matchedStop: String?
    }

    /// Of each choice, how much of the prompt was cached. No part of the answer, which does not depend on it.
    var cachedPromptTokens: [Int?] { state.withLock { $0.cached } }

    private let state: Mutex<(answers: [Answer], cached: [Int?], error: EngineError?)>

    init(choices: Int = 1) {
        state = Mutex((Array(repeating: Answer(), count: choices), Array(repeating: nil, count: choices), nil))
    }

    var answers: [Answer] { state.withLock { $0.answers } }
    var answer: Answer { answers[0] }
    var error: EngineError? { state.withLock { $0.error } }

    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {
        state.withLock { state in
            state.answers[choice].tokens.append(token)
            state.answers[choice].text += String(decoding: text, as: UTF8.self)
            if let finish {
                state.answers[choice].reason = finish.reason
                state.answers[choice].matchedStop = finish.matchedStop
                state.cached[choice] = finish.cachedPromptTokens
            }
        }
    }

    func end(choice: Int, _ finish: GenerationEvent.Finish) {
        state.withLock { state in
            state.answers[choice].reason = finish.reason
            state.answers[choice].matchedStop = finish.matchedStop
        }
    }

    func fail(_ error: EngineError) { state.withLock { $0.error = error } }
}
