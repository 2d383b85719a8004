/// An open-addressing table from a token's bytes to the token, as it will stand in the file.
struct SpellingTable {
    private(set) var slots: [TableLayout.SpellingSlot]
    private(set) var longestProbe = 1

    init(capacity: Int) {
        let empty = TableLayout.SpellingSlot(hash: 0, token: TableLayout.none)
        slots = [TableLayout.SpellingSlot](repeating: empty, count: slotCount(for: capacity))
    }

    /// Adds the token that is spelled `spellings[offsets[token] ..< offsets[token + 1]]`.
    /// Returns the token that is there already under that spelling, and then changes nothing.
    mutating func insert(_ token: UInt32, _ spellings: [UInt8], _ offsets: [UInt32]) -> UInt32? {
        spellings.withUnsafeBufferPointer { all in
            let bytes = UnsafeBufferPointer(rebasing: all[Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])])
            let slot = slot(of: bytes, all, offsets)
            guard slots[slot.index].token == TableLayout.none else { return slots[slot.index].token }
            slots[slot.index] = TableLayout.SpellingSlot(hash: slot.hash, token: token)
            longestProbe = max(longestProbe, slot.probes)
            return nil
        }
    }

    func find(_ bytes: [UInt8], _ spellings: [UInt8], _ offsets: [UInt32]) -> UInt32? {
        bytes.withUnsafeBufferPointer { bytes in
            spellings.withUnsafeBufferPointer { all in
                let token = slots[slot(of: bytes, all, offsets).index].token
                return token == TableLayout.none ? nil : token
            }
        }
    }

    func contains(_ token: UInt32, _ spellings: [UInt8], _ offsets: [UInt32]) -> Bool {
        spellings.withUnsafeBufferPointer { all in
            let bytes = UnsafeBufferPointer(rebasing: all[Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])])
            return slots[slot(of: bytes, all, offsets).index].token == token
        }
    }

    /// The slot that holds `wanted`, or the empty one where it belongs.
    private func slot(
        of wanted: UnsafeBufferPointer<UInt8>, _ spellings: UnsafeBufferPointer<UInt8>, _ offsets: [UInt32]
    ) -> (index: Int, hash: UInt32, probes: Int) {
        let full = TableLayout.hash(wanted)
        let hash = UInt32(truncatingIfNeeded: full >> 32)
        var index = Int(truncatingIfNeeded: full) & (slots.count - 1)
        var probes = 1
        while slots[index].token != TableLayout.none {
            let token = Int(slots[index].token)
            if slots[index].hash == hash,
                spellings[Int(offsets[token])..<Int(offsets[token + 1])].elementsEqual(wanted)
            {
                break
            }
            index = (index + 1) & (slots.count - 1)
            probes += 1
        }
        return (index, hash, probes)
    }
}

/// An open-addressing table from two neighbours to what they merge to.
struct MergeTable {
    private(set) var slots: [TableLayout.MergeSlot]
    private(set) var longestProbe = 1

    init(capacity: Int) {
        let none = TableLayout.none
        let empty = TableLayout.MergeSlot(left: none, right: none, rank: none, merged: none)
        slots = [TableLayout.MergeSlot](repeating: empty, count: slotCount(for: capacity))
    }

    /// Of two merges of the same pair the later one counts, as in Hugging Face's tokenizers.
    mutating func insert(left: UInt32, right: UInt32, rank: UInt32, merged: UInt32) {
        var index = Int(truncatingIfNeeded: TableLayout.hash(left: left, right: right)) & (slots.count - 1)
        var probes = 1
        while slots[index].left != TableLayout.none, slots[index].left != left || slots[index].right != right {
            index = (index + 1) & (slots.count - 1)
            probes += 1
        }
        slots[index] = TableLayout.MergeSlot(left: left, right: right, rank: rank, merged: merged)
        longestProbe = max(longestProbe, probes)
    }
}

/// A power of two that leaves at least a third of the slots empty, so that probes stay short.
private func slotCount(for capacity: Int) -> Int {
    var count = 4
    while count * 2 < capacity * 3 { count *= 2 }
    return count
}
