import Routing
import TestSupport
import Testing

@Suite struct FairQueueTests {
    @Test("serves a tenant's requests in the order in which they came")
    func order() {
        var queue = FairQueue<Int>()
        for number in 0..<100 { _ = queue.append(number, tenant: "a", order: UInt64(number), work: 100) }
        #expect((0..<100).map { _ in queue.popFirst() } == Array(0..<100))
        #expect(queue.popFirst() == nil)
        #expect(queue.isEmpty)
    }

    @Test("lets a newcomer's request pass a tenant that has a thousand waiting")
    func newcomer() {
        var queue = FairQueue<String>()
        for number in 0..<1000 { _ = queue.append("a", tenant: "a", order: UInt64(number), work: 600) }
        _ = queue.append("b", tenant: "b", order: 1000, work: 600)
        #expect((0..<3).contains { _ in queue.popFirst() == "b" })
    }

    @Test("shares tokens, not requests, between tenants")
    func tokens() {
        var queue = FairQueue<Int>()
        for number in 0..<2000 {
            _ = queue.append(2000, tenant: "long", order: UInt64(2 * number), work: 2000)
            _ = queue.append(100, tenant: "short", order: UInt64(2 * number + 1), work: 100)
        }
        var served = [100: 0, 2000: 0]
        for _ in 0..<1000 { if let work = queue.popFirst() { served[work, default: 0] += work } }
        let ratio = Double(served[2000] ?? 0) / Double(served[100] ?? 1)
        #expect(0.9 < ratio && ratio < 1.1, "long gets \(ratio) times what short gets")
    }

    @Test("puts a request back before those that came after it, behind those that came before")
    func putBack() {
        var queue = FairQueue<Int>()
        for number in 0..<6 { _ = queue.append(number, tenant: "a", order: UInt64(number), work: 1) }
        let taken = (0..<3).compactMap { _ in queue.popFirst() }
        for number in taken.reversed() + [] where number != 1 {
            _ = queue.putBack(number, tenant: "a", order: UInt64(number))
        }
        _ = queue.putBack(1, tenant: "a", order: 1)
        #expect((0..<6).map { _ in queue.popFirst() } == Array(0..<6))
    }

    @Test("a ticket is void once its request has left")
    func tickets() {
        var queue = FairQueue<Int>()
        let first = queue.append(1, tenant: "a", order: 1, work: 1)
        #expect(queue.remove(first) == 1)
        #expect(queue.remove(first) == nil)
        let second = queue.append(2, tenant: "a", order: 2, work: 1)
        #expect(queue.remove(first) == nil)
        #expect(queue.popFirst() == 2)
        #expect(queue.remove(second) == nil)
    }

    @Test("agrees with a plain list in random use", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = FairQueue<UInt64>()
        var model: [(order: UInt64, tenant: String, ticket: FairQueue<UInt64>.Ticket)] = []
        var taken: [(order: UInt64, tenant: String)] = []
        var age: [UInt64] = []
        var next: UInt64 = 0
        for _ in 0..<500 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let tenant = "t\(Int.random(in: 0..<5, using: &random))"
                let ticket = queue.append(
                    next, tenant: tenant, order: next, work: .random(in: 0...9000, using: &random))
                model.append((next, tenant, ticket))
                age.append(next)
                next += 1
            case 5..<8:
                let popped = queue.popFirst()
                #expect((popped == nil) == model.isEmpty, "seed \(seed)")
                guard let popped, let place = model.firstIndex(where: { $0.order == popped }) else { continue }
                let tenant = model[place].tenant
                #expect(popped == model.filter { $0.tenant == tenant }.map(\.order).min(), "seed \(seed)")
                taken.append((popped, tenant))
                model.remove(at: place)
                age.removeAll { $0 == popped }
            case 8:
                guard let place = model.indices.randomElement(using: &random) else { continue }
                let gone = model.remove(at: place)
                #expect(queue.remove(gone.ticket) == gone.order)
                age.removeAll { $0 == gone.order }
            default:
                guard let place = taken.indices.randomElement(using: &random) else { continue }
                let back = taken.remove(at: place)
                model.append(
                    (back.order, back.tenant, queue.putBack(back.order, tenant: back.tenant, order: back.order)))
                age.append(back.order)
            }
            #expect(queue.count == model.count)
            #expect(queue.oldest == age.first)
            #expect(queue.tenants == Set(model.map(\.tenant)).count)
        }
    }
}
