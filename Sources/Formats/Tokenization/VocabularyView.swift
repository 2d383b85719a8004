/// Reads the tables in place.
///
/// The header and every section's bounds are checked once, in microseconds. What the sections hold is not, so every
/// value read from them is checked where it is used: damaged tables give wrong tokens, never a crash and never a token
/// outside of the vocabulary.
struct VocabularyView {
    let preTokenizer: PreTokenizer
    let size: Int
    let bos: TokenID?
    let eos: TokenID?
    let addsBOS: Bool
    let endOfGeneration: [TokenID]
    let specialLengths: UnsafeBufferPointer<UInt32>
    let specialFirstBytes: UnsafeBufferPointer<UInt8>  // [256]

    private let offsets: UnsafeBufferPointer<UInt32>  // [size + 1]
    private let kinds: UnsafeBufferPointer<UInt8>  // [size]
    private let spellings: UnsafeBufferPointer<UInt8>
    private let byteTokens: UnsafeBufferPointer<UInt32>  // [256]
    private let textSlots: UnsafeBufferPointer<TableLayout.SpellingSlot>
    private let specialSlots: UnsafeBufferPointer<TableLayout.SpellingSlot>
    private let mergeSlots: UnsafeBufferPointer<TableLayout.MergeSlot>
    private let textProbes: Int
    private let specialProbes: Int
    private let mergeProbes: Int

    init(_ tables: UnsafeRawBufferPointer) throws(TokenizerError) {
        let reader = try TableReader(tables)
        guard let preTokenizer = PreTokenizer(rawValue: UInt8(clamping: reader[.preTokenizer])) else {
            throw TableReader.damaged("the way of splitting text has the unknown number \(reader[.preTokenizer])")
        }
        self.preTokenizer = preTokenizer
        guard let size = Int(exactly: reader[.vocabularySize]), size > 0, size < Int(Int32.max) else {
            throw TableReader.damaged("the vocabulary has the impossible size \(reader[.vocabularySize])")
        }
        self.size = size
        func token(_ word: TableLayout.Word) -> TokenID? {
            reader[word] < UInt64(size) ? TokenID(Int(reader[word])) : nil
        }
        bos = token(.bos)
        eos = token(.eos)
        addsBOS = reader[.addsBOS] == 1
        let ends: UnsafeBufferPointer<UInt32> = try reader.section(.endOfGeneration)
        endOfGeneration = ends.filter { $0 < size }.map { TokenID(Int($0)) }
        offsets = try reader.section(.offsets, count: size + 1)
        kinds = try reader.section(.kinds, count: size)
        spellings = try reader.section(.spellings)
        byteTokens = try reader.section(.byteTokens, count: 256)
        textSlots = try reader.slots(.textSlots)
        specialSlots = try reader.slots(.specialSlots)
        specialLengths = try reader.section(.specialLengths)
        specialFirstBytes = try reader.section(.specialFirstBytes, count: 256)
        mergeSlots = try reader.slots(.mergeSlots)
        textProbes = min(Int(clamping: reader[.textProbes]), textSlots.count)
        specialProbes = min(Int(clamping: reader[.specialProbes]), specialSlots.count)
        mergeProbes = min(Int(clamping: reader[.mergeProbes]), mergeSlots.count)
    }

    /// The bytes of a token; empty when it is not in the vocabulary.
    @inline(__always)
    func bytes(of token: UInt32) -> UnsafeBufferPointer<UInt8> {
        guard token < size else { return UnsafeBufferPointer(start: nil, count: 0) }
        let start = Int(offsets[Int(token)])
        let end = Int(offsets[Int(token) + 1])
        guard start <= end, end <= spellings.count else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(rebasing: spellings[start..<end])
    }

    func kind(of token: UInt32) -> TokenKind? {
        guard token < size else { return nil }
        return TokenKind(rawValue: kinds[Int(token)] & TableLayout.kindMask)
    }

    func reach(of token: UInt32) -> TokenReach {
        token < size ? TokenReach(rawValue: kinds[Int(token)] & ~TableLayout.kindMask & ~TableLayout.wholeFlag) : []
    }

    /// The token of a single byte, or `TableLayout.none`.
    @inline(__always)
    func token(ofByte byte: UInt8) -> UInt32 {
        let token = byteTokens[Int(byte)]
        return token < size ? token : TableLayout.none
    }

    /// The text token spelled `bytes`, or `TableLayout.none`.
    @inline(__always)
    func textToken(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        find(bytes, in: textSlots, probes: textProbes)
    }

    /// The token that a piece of exactly these bytes becomes without merging, or `TableLayout.none`.
    @inline(__always)
    func wholeToken(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let token = textToken(bytes)
        guard token < size, kinds[Int(token)] & TableLayout.wholeFlag != 0 else { return TableLayout.none }
        return token
    }

    /// The control or user-defined token spelled `bytes`, or `TableLayout.none`.
    func specialToken(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        find(bytes, in: specialSlots, probes: specialProbes)
    }

    /// How two neighbours merge; `rank` is `TableLayout.none` when they do not.
    @inline(__always)
    func merge(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, token: UInt32) {
        let mask = mergeSlots.count - 1
        var slot = Int(truncatingIfNeeded: TableLayout.hash(left: left, right: right)) & mask
        for _ in 0..<mergeProbes {
            let entry = mergeSlots[slot]
            if entry.left == left, entry.right == right {
                guard entry.merged < size else { break }
                return (entry.rank, entry.merged)
            }
            if entry.left == TableLayout.none { break }
            slot = (slot + 1) & mask
        }
        return (TableLayout.none, TableLayout.none)
    }

    @inline(__always)
    private func find(
        _ wanted: UnsafeBufferPointer<UInt8>, in slots: UnsafeBufferPointer<TableLayout.SpellingSlot>, probes: Int
    ) -> UInt32 {
        let hash = TableLayout.hash(wanted)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<probes {
            let entry = slots[slot]
            if entry.token == TableLayout.none { break }
            if entry.hash == UInt32(truncatingIfNeeded: hash >> 32), bytes(of: entry.token).elementsEqual(wanted) {
                return entry.token
            }
            slot = (slot + 1) & mask
        }
        return TableLayout.none
    }
}
