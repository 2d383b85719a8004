import Engine
import EngineServer
import TestSupport
import Testing
import Tokenization

@Suite struct CanonicalOrderTests {
    private static let timings = GenerationEvent.Timings(queued: 0, prefill: 0, decode: 0)

    /// The events of a choice of `count` tokens, the last of which ends it.
    private func events(_ choice: Int, _ count: Int) -> [GenerationEvent] {
        (0..<count).map { index in
            GenerationEvent(
                choice: choice, text: "\(index)", tokens: [TokenID(index)],
                finish: index == count - 1 ? .init(reason: .length, timings: Self.timings) : nil)
        }
    }

    private func end(_ choice: Int) -> GenerationEvent {
        GenerationEvent(choice: choice, text: "end", tokens: [], finish: .init(reason: .stop, timings: Self.timings))
    }

    /// Adds each choice's events in their order, but mixes the choices at random.
    private func ordered(
        _ lists: [[GenerationEvent]], resumed: [ResumedChoice] = [], using generator: inout SeededGenerator
    ) -> [String] {
        var order = CanonicalOrder(choices: lists.count, resumed: resumed)
        var rest = lists
        var names: [String] = []
        while let choice = rest.indices.filter({ !rest[$0].isEmpty }).randomElement(using: &generator) {
            order.add(rest[choice].removeFirst())
            while let event = order.next() { names.append("\(event.text)/\(event.choice)") }
        }
        #expect(order.isFinished)
        return names
    }

    @Test("the order is the token's place, then the choice, however the events come")
    func order() {
        let seed: UInt64 = 11
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let names = ordered([events(0, 2), events(1, 4), events(2, 3)], using: &generator)
            #expect(names == ["0/0", "0/1", "0/2", "1/0", "1/1", "1/2", "2/1", "2/2", "3/1"])
        }
    }

    @Test("a resumed answer goes on in the same order; an end that was lost comes where its token stood")
    func resumed() {
        let seed: UInt64 = 12
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let known = [
            ResumedChoice(tokens: [0, 1], isFinished: true), ResumedChoice(tokens: [0, 1]), ResumedChoice(tokens: [0]),
        ]
        for _ in 0..<100 {
            let lists = [[], Array(events(1, 4).dropFirst(2)), Array(events(2, 3).dropFirst())]
            #expect(ordered(lists, resumed: known, using: &generator) == ["1/2", "2/1", "2/2", "3/1"])
            let ended = [[], [end(1)], Array(events(2, 3).dropFirst())]
            #expect(ordered(ended, resumed: known, using: &generator) == ["end/1", "1/2", "2/2"])
        }
    }

    @Test("a choice that lags holds the later ones back, not the earlier")
    func holdsBack() {
        var order = CanonicalOrder(choices: 2)
        order.add(events(1, 3)[0])
        #expect(order.next()?.text == nil)
        order.add(events(0, 3)[0])
        #expect(order.next()?.choice == 0)
        #expect(order.next()?.choice == 1)
        order.add(events(0, 3)[1])
        #expect(order.next()?.text == "1")
        #expect(!order.isFinished)
    }
}
