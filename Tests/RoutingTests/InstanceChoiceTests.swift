import Routing
import Testing

@Suite struct InstanceChoiceTests {
    private func pool(_ loads: [Int: (inFlight: Int, prompt: Int)], concurrency: Int = 100) -> InstancePool {
        var pool = InstancePool(concurrency: concurrency)
        for (number, load) in loads.sorted(by: { $0.key < $1.key }) {
            pool.add(number)
            pool.setEligible(number, true)
            for _ in 0..<load.inFlight {
                pool.begin(number, promptTokens: load.prompt / max(1, load.inFlight), mayGenerate: 10)
            }
        }
        return pool
    }

    @Test("takes the instance with the least to read, whatever the number of its requests")
    func leastWait() {
        let pool = pool([1: (1, 4000), 2: (5, 0)])
        #expect(pool.choose(affinity: nil, promptTokens: 10)?.number == 2)
    }

    @Test("leaves out whoever drains, is unhealthy or is full, and has no one when all are")
    func eligible() {
        var pool = pool([1: (0, 0), 2: (1, 0), 3: (2, 0)], concurrency: 2)
        pool.setEligible(1, false)
        #expect(pool.choose(affinity: nil, promptTokens: 10)?.number == 2)
        #expect(pool.choose(affinity: nil, promptTokens: 10)?.reason == .onlyOne)
        pool.begin(2, promptTokens: 0, mayGenerate: 1)
        #expect(pool.choose(affinity: nil, promptTokens: 10) == nil)
        #expect(!pool.hasRoom && pool.hasEligible)
    }

    @Test("breaks ties by load, then by what was processed, then by number")
    func ties() {
        var pool = pool([3: (0, 0), 2: (0, 0), 1: (0, 0)])
        #expect(pool.choose(affinity: nil, promptTokens: 10)?.number == 1)
        pool.begin(1, promptTokens: 1, mayGenerate: 1)
        _ = pool.end(1, pendingPrompt: 1, generated: 0, remaining: 1, isDone: true)
        #expect(pool.choose(affinity: nil, promptTokens: 10)?.number == 2)
    }

    @Test("sends a conversation to the same instance, and different ones to all")
    func affinity() {
        let pool = pool([1: (0, 0), 2: (0, 0), 3: (0, 0)])
        var used: Set<Int> = []
        for conversation in 0..<100 as Range<UInt64> {
            let first = pool.choose(affinity: conversation, promptTokens: 100)
            #expect(first == pool.choose(affinity: conversation, promptTokens: 100))
            #expect(first?.reason == .affinity)
            if let first { used.insert(first.number) }
        }
        #expect(used == [1, 2, 3])
    }

    @Test("moves only the conversations of an instance that goes")
    func rendezvous() {
        let all = pool([1: (0, 0), 2: (0, 0), 3: (0, 0)])
        var fewer = all
        fewer.setEligible(2, false)
        for conversation in 0..<100 as Range<UInt64> {
            let before = all.choose(affinity: conversation, promptTokens: 100)?.number
            if before != 2 { #expect(fewer.choose(affinity: conversation, promptTokens: 100)?.number == before) }
        }
    }

    @Test("lets go of affinity where the wait costs more than the prompt, or the load is above its bound")
    func bound() throws {
        let conversation: UInt64 = 7
        var pool = pool([1: (0, 0), 2: (0, 0), 3: (0, 0)])
        let home = try #require(pool.choose(affinity: conversation, promptTokens: 100)?.number)
        pool.begin(home, promptTokens: 5000, mayGenerate: 1)
        #expect(pool.choose(affinity: conversation, promptTokens: 100)?.number != home)
        #expect(pool.choose(affinity: conversation, promptTokens: 9000)?.number == home)
        pool.begin(home, promptTokens: 0, mayGenerate: 1)
        #expect(pool.choose(affinity: conversation, promptTokens: 90_000)?.number != home)
    }

    @Test("books nothing when everything has ended")
    func balance() {
        var pool = pool([1: (0, 0)])
        pool.begin(1, promptTokens: 50, mayGenerate: 20)
        pool.generated(1, tokens: 5, promptTokens: 50)
        #expect(pool[1]?.pendingPromptTokens == 0)
        #expect(pool[1]?.generatedTokens == 5)
        _ = pool.end(1, pendingPrompt: 0, generated: 5, remaining: 15, isDone: true)
        var empty = InstanceLoad(number: 1)
        empty.isEligible = true
        empty.processed = 1
        #expect(pool[1] == empty)
    }

    @Test("learns how fast instances read")
    func rates() {
        var pool = InstancePool(concurrency: 1)
        for _ in 0..<100 { pool.learn(prefillTokens: 1000, seconds: 0.5) }
        #expect(abs(pool.rates.prefill - 2000) < 1)
    }
}
