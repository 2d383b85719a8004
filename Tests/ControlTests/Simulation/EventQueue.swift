/// What will happen, earliest first; of what happens at the same time, first what was added first.
struct EventQueue<Event> {
    private var heap: [(time: Duration, order: Int, event: Event)] = []
    private var added = 0

    var nextTime: Duration? { heap.first?.time }
    var isEmpty: Bool { heap.isEmpty }

    mutating func add(_ event: Event, at time: Duration) {
        heap.append((time, added, event))
        added += 1
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return first.event }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool { (heap[a].time, heap[a].order) < (heap[b].time, heap[b].order) }
}
