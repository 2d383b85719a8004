import Engine
import TestSupport
import Testing
import Tokenization

/// Requests that come at random steps, some of them cancelled and asked again, some as the rest of an answer; each has
/// to end as it does alone.
struct DisturbedLoad {
    private struct Case {
        var sink: CollectingSink
        /// Tokens of each choice that the request brought along.
        var known: [Int]
    }

    private let requests: [GenerationRequest]
    private let expected: [[CollectingSink.Answer]]
    private let core: EngineCore
    private let seed: UInt64
    private var generator: SeededGenerator
    private var cases: [Case] = []

    init(
        requests: [GenerationRequest], expected: [[CollectingSink.Answer]], core: EngineCore, seed: UInt64
    ) {
        self.requests = requests
        self.expected = expected
        self.core = core
        self.seed = seed
        generator = SeededGenerator(seed: seed &* 31)
    }

    mutating func run() throws {
        cases = requests.map { Case(sink: CollectingSink(choices: $0.choices), known: []) }
        var waiting = Array(requests.indices.shuffled(using: &generator))
        var cancellable: [Int] = []
        var steps = 0
        while !waiting.isEmpty || !core.isIdle {
            while !waiting.isEmpty, core.isIdle || Int.random(in: 0..<3, using: &generator) == 0 {
                let next = waiting.removeLast()
                submit(next)
                if Int.random(in: 0..<4, using: &generator) == 0 { cancellable.append(next) }
            }
            if !cancellable.isEmpty, Int.random(in: 0..<6, using: &generator) == 0 {
                let victim = cancellable.removeLast()
                core.cancel(ticket: victim)
                waiting.insert(victim, at: 0)
            }
            _ = core.step()
            #expect(core.scheduler.violation == nil, "seed \(seed)")
            steps += 1
            try #require(steps < 20_000, "the engine makes no progress: seed \(seed)")
        }
        for index in requests.indices { check(index) }
    }

    /// Asks for an answer, or for the rest of it.
    private mutating func submit(_ index: Int) {
        var request = requests[index]
        var known = Array(repeating: 0, count: request.choices)
        if Int.random(in: 0..<3, using: &generator) == 0 {
            for choice in known.indices {
                known[choice] = Int.random(in: 0..<expected[index][choice].tokens.count, using: &generator)
            }
            request.resume = known.enumerated().map { choice, count in
                ResumedChoice(tokens: Array(expected[index][choice].tokens.prefix(count)))
            }
        }
        cases[index] = Case(sink: CollectingSink(choices: request.choices), known: known)
        core.add(request, ticket: index, sink: cases[index].sink)
    }

    private func check(_ index: Int) {
        for (choice, answer) in cases[index].sink.answers.enumerated() {
            let whole = expected[index][choice]
            #expect(
                answer.tokens == Array(whole.tokens.dropFirst(cases[index].known[choice])),
                "request \(index), choice \(choice), seed \(seed)")
            #expect(answer.reason == whole.reason && answer.matchedStop == whole.matchedStop)
            if cases[index].known[choice] == 0 { #expect(answer.text == whole.text) }
        }
    }
}

extension GenerationRequest {
    /// A random request whose prompt begins like others' for a random length.
    static func branching(vocabulary: Int, using generator: inout SeededGenerator) -> GenerationRequest {
        var request = random(vocabulary: vocabulary, longest: 40, using: &generator)
        let kind = Int.random(in: 0..<2, using: &generator)
        let beginning = (0..<Int.random(in: 0...150, using: &generator)).map {
            TokenID(3 + ($0 * 31 + kind * 17) % (vocabulary - 3))
        }
        request.prompt = beginning + request.prompt
        request.cacheSalt = Int.random(in: 0..<5, using: &generator) == 0 ? "other" : ""
        return request
    }
}
