/// Requests that wait: first come, first served within a tenant, and in turn between tenants, by tokens of work.
///
/// Turns are a surplus round robin (Adiseshu et al. 1996, the dual of deficit round robin): a tenant whose balance is
/// above zero is served and pays the work of what it took, below zero if need be; each turn adds a fixed sum. So a
/// tenant with a thousand long requests delays another's first one by one turn, and never by its queue.
///
/// Every operation takes constant time, that of `popFirst` on average, with ten thousand waiting as with one:
/// elements stand in slots that are linked into their tenant's line and into the order of their coming.
package struct FairQueue<Element: Sendable>: Sendable {
    /// Names a waiting element; void once it has left.
    package struct Ticket: Sendable, Hashable {
        fileprivate var slot: Int32
        fileprivate var generation: UInt32
    }

    private var slots: [Slot<Element>] = []
    private var freeSlot: Int32 = -1
    private var lines: [Line] = []
    private var freeLines: [Int32] = []
    private var lineOfTenant: [String: Int32] = [:]
    /// The line whose turn it is; lines form a ring.
    private var turn: Int32 = -1
    private var oldestSlot: Int32 = -1
    private var newestSlot: Int32 = -1
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }
    /// Tenants that wait for something.
    package var tenants: Int { lineOfTenant.count }
    /// Of those that wait, the one that was added first. One that was put back counts from then.
    package var oldest: Element? { oldestSlot == Self.none ? nil : slots[Int(oldestSlot)].element }

    /// Adds an element at the end of its tenant's line. `order` is higher than that of all before it.
    package mutating func append(_ element: Element, tenant: String, order: UInt64, work: Int) -> Ticket {
        let line = openLine(tenant)
        return insert(Slot(element: element, line: line, order: order, work: work), before: Self.none)
    }

    /// Puts an element that had been taken back before all of its tenant that have a higher `order`. It has paid.
    ///
    /// The line is searched from its front, where only elements stand that were put back too.
    package mutating func putBack(_ element: Element, tenant: String, order: UInt64) -> Ticket {
        let line = openLine(tenant)
        var next = lines[Int(line)].head
        while let slot = Self.index(next), slots[slot].order <= order { next = slots[slot].next }
        return insert(Slot(element: element, line: line, order: order, work: 0), before: next)
    }

    /// Takes an element out of turn; nil when it has left already.
    @discardableResult
    package mutating func remove(_ ticket: Ticket) -> Element? {
        guard slots.indices.contains(Int(ticket.slot)), slots[Int(ticket.slot)].generation == ticket.generation
        else { return nil }
        return takeOut(Int(ticket.slot))
    }

    /// Takes the element whose turn it is.
    package mutating func popFirst() -> Element? {
        guard turn != Self.none else { return nil }
        while lines.count - freeLines.count > 1, lines[Int(turn)].balance <= 0 {
            lines[Int(turn)].balance += Limits.workPerTurn
            turn = lines[Int(turn)].next
        }
        let line = Int(turn)
        let slot = Int(lines[line].head)
        lines[line].balance -= slots[slot].work
        return takeOut(slot)
    }

    // MARK: - Links

    private static var none: Int32 { -1 }
    private static func index(_ link: Int32) -> Int? { link == Self.none ? nil : Int(link) }

    private mutating func insert(_ filled: consuming Slot<Element>, before next: Int32) -> Ticket {
        let place = freePlace()
        let line = Int(filled.line)
        let previous = Self.index(next).map { slots[$0].previous } ?? lines[line].tail
        filled.generation = slots[Int(place)].generation
        filled.previous = previous
        filled.next = next
        filled.older = newestSlot
        slots[Int(place)] = filled
        if let previous = Self.index(previous) { slots[previous].next = place } else { lines[line].head = place }
        if let next = Self.index(next) { slots[next].previous = place } else { lines[line].tail = place }
        if let newest = Self.index(newestSlot) { slots[newest].newer = place } else { oldestSlot = place }
        newestSlot = place
        count += 1
        return Ticket(slot: place, generation: slots[Int(place)].generation)
    }

    private mutating func takeOut(_ slot: Int) -> Element? {
        let leaving = slots[slot]
        let line = Int(leaving.line)
        if let previous = Self.index(leaving.previous) {
            slots[previous].next = leaving.next
        } else {
            lines[line].head = leaving.next
        }
        if let next = Self.index(leaving.next) {
            slots[next].previous = leaving.previous
        } else {
            lines[line].tail = leaving.previous
        }
        if let older = Self.index(leaving.older) {
            slots[older].newer = leaving.newer
        } else {
            oldestSlot = leaving.newer
        }
        if let newer = Self.index(leaving.newer) {
            slots[newer].older = leaving.older
        } else {
            newestSlot = leaving.older
        }
        slots[slot].empty(nextFree: freeSlot)
        freeSlot = Int32(slot)
        count -= 1
        if lines[line].head == Self.none { closeLine(line) }
        return leaving.element
    }

    private mutating func freePlace() -> Int32 {
        if let slot = Self.index(freeSlot) {
            freeSlot = slots[slot].next
            return Int32(slot)
        }
        slots.append(Slot(element: nil, line: Self.none, order: 0, work: 0))
        return Int32(slots.count - 1)
    }

    /// A tenant's line, last in the ring if it is new: the turn comes to those that wait already.
    private mutating func openLine(_ tenant: String) -> Int32 {
        if let line = lineOfTenant[tenant] { return line }
        let line: Int32
        if let free = freeLines.popLast() {
            line = free
            lines[Int(line)] = Line(tenant: tenant)
        } else {
            line = Int32(lines.count)
            lines.append(Line(tenant: tenant))
        }
        lineOfTenant[tenant] = line
        if turn == Self.none {
            turn = line
            lines[Int(line)].next = line
            lines[Int(line)].previous = line
        } else {
            let last = lines[Int(turn)].previous
            lines[Int(line)].next = turn
            lines[Int(line)].previous = last
            lines[Int(last)].next = line
            lines[Int(turn)].previous = line
        }
        return line
    }

    private mutating func closeLine(_ line: Int) {
        let closed = lines[line]
        lineOfTenant[closed.tenant] = nil
        freeLines.append(Int32(line))
        if Int(closed.next) == line {
            turn = Self.none
        } else {
            lines[Int(closed.previous)].next = closed.next
            lines[Int(closed.next)].previous = closed.previous
            if Int(turn) == line { turn = closed.next }
        }
        lines[line].tenant = ""
    }
}

/// One tenant's line: a list of slots, and a member of the ring of lines.
private struct Line {
    var tenant: String
    var head: Int32 = -1
    var tail: Int32 = -1
    var next: Int32 = -1
    var previous: Int32 = -1
    /// Tokens that may be served before the turn passes on.
    var balance = Limits.workPerTurn
}

/// A place of a waiting element, in its tenant's line and in the order of coming.
private struct Slot<Element: Sendable>: Sendable {
    var element: Element?
    var line: Int32
    var next: Int32 = -1
    var previous: Int32 = -1
    var newer: Int32 = -1
    var older: Int32 = -1
    var order: UInt64
    var work: Int
    /// Goes up when the place is left, so that old tickets are void.
    var generation: UInt32 = 0

    init(element: Element?, line: Int32, order: UInt64, work: Int) {
        self.element = element
        self.line = line
        self.order = order
        self.work = min(max(work, 0), Limits.workPerRequest)
    }

    mutating func empty(nextFree: Int32) {
        element = nil
        next = nextFree
        generation &+= 1
    }
}
