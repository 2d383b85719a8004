/// Collects what the sections of the tables hold.
struct TableBuilder {
    private let source: TokenizerSource
    /// As in the source, but that tokens which frame chats are control tokens, whatever the checkpoint calls them.
    private var kinds: [TokenKind] = []
    private var spellings: [UInt8] = []
    private var offsets: [UInt32] = [0]
    private var wholeFlags: [Bool]
    private var byteTokens = [UInt32](repeating: TableLayout.none, count: 256)
    private var text: SpellingTable
    private var special: SpellingTable
    private var merges = MergeTable(capacity: 0)

    init(_ source: TokenizerSource) throws(TokenizerError) {
        let count = source.tokens.count
        guard count > 0 else { throw TableBuilder.invalid("it has no tokens") }
        guard count <= Limits.tokens else {
            throw TableBuilder.invalid("it has \(count) tokens; at most \(Limits.tokens) are supported")
        }
        guard source.merges.count <= Limits.merges else {
            throw TableBuilder.invalid("it has \(source.merges.count) merges; at most \(Limits.merges) are supported")
        }
        guard source.kinds.count == count else {
            throw TableBuilder.invalid("it has \(count) tokens but \(source.kinds.count) token types")
        }
        for (name, token) in [("bos", source.bos), ("eos", source.eos)] + source.endOfGeneration.map({ ("end", $0) }) {
            guard let token else { continue }
            guard token.rawValue >= 0, token.index < count else {
                throw TableBuilder.invalid("its \(name) token is \(token.rawValue), but it has only \(count) tokens")
            }
        }
        self.source = source
        wholeFlags = [Bool](repeating: false, count: count)
        text = SpellingTable(capacity: count)
        special = SpellingTable(capacity: source.kinds.count { $0 == .control || $0 == .userDefined })
        try addTokens()
    }

    // MARK: Tokens

    private mutating func addTokens() throws(TokenizerError) {
        var inAlphabet: [Bool] = []
        for (spelling, kind) in zip(source.tokens, source.kinds) {
            let framesChat = kind == .userDefined && ChatFormat.frameTokens.contains(spelling)
            kinds.append(framesChat ? .control : kind)
            inAlphabet.append(appendBytes(of: spelling, kind))
            guard spellings.count <= Limits.spellingBytes else {
                throw TableBuilder.invalid("its tokens are longer than \(Limits.spellingBytes) bytes together")
            }
            offsets.append(UInt32(spellings.count))
        }
        for token in kinds.indices where inAlphabet[token] && kinds[token] == .normal {
            try addText(token)
        }
        for token in kinds.indices where kinds[token] == .control || kinds[token] == .userDefined {
            guard length(of: token) > 0 else { continue }
            if let twin = special.insert(UInt32(token), spellings, offsets) {
                let spelling = source.tokens[token]
                throw TableBuilder.invalid("its special tokens \(twin) and \(token) are both \"\(spelling)\"")
            }
        }
    }

    /// Returns whether the token is spelled in the byte-level alphabet, which text can be merged to.
    private mutating func appendBytes(of spelling: String, _ kind: TokenKind) -> Bool {
        switch kind {
        case .normal:
            if ByteLevelAlphabet.append(bytesOf: spelling, to: &spellings) { return true }
        case .byte:
            if let byte = Self.byte(spelled: spelling) {
                spellings.append(byte)
                return false
            }
        case .unknown, .control, .userDefined, .unused:
            break
        }
        spellings.append(contentsOf: spelling.utf8)
        return false
    }

    private mutating func addText(_ token: Int) throws(TokenizerError) {
        let length = length(of: token)
        guard length > 0 else { return }
        if let twin = text.insert(UInt32(token), spellings, offsets) {
            throw TableBuilder.invalid("its tokens \(twin) and \(token) are both \"\(source.tokens[token])\"")
        }
        if length == 1 { byteTokens[Int(spellings[Int(offsets[token])])] = UInt32(token) }
    }

    private func length(of token: Int) -> Int {
        Int(offsets[token + 1] - offsets[token])
    }

    /// `<0xNN>`
    private static func byte(spelled spelling: String) -> UInt8? {
        guard spelling.utf8.count == 6, spelling.hasPrefix("<0x"), spelling.hasSuffix(">") else { return nil }
        return UInt8(spelling.dropFirst(3).dropLast(), radix: 16)
    }

    // MARK: Merges

    mutating func addMerges() throws(TokenizerError) {
        merges = MergeTable(capacity: source.merges.count)
        var bytes: [UInt8] = []
        for (rank, merge) in source.merges.enumerated() {
            let parts = merge.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw TableBuilder.invalid("its merge \(rank), \"\(merge)\", is not two tokens with a space between")
            }
            bytes.removeAll(keepingCapacity: true)
            let left = try token(of: parts[0], appendingTo: &bytes, in: merge, rank)
            let right = try token(of: parts[1], appendingTo: &bytes, in: merge, rank)
            guard let merged = text.find(bytes, spellings, offsets) else {
                throw TableBuilder.invalid("its merge \(rank), \"\(merge)\", makes a token that it does not have")
            }
            merges.insert(left: left, right: right, rank: UInt32(rank), merged: merged)
        }
    }

    private func token(
        of spelling: Substring, appendingTo bytes: inout [UInt8], in merge: String, _ rank: Int
    ) throws(TokenizerError) -> UInt32 {
        var own: [UInt8] = []
        guard ByteLevelAlphabet.append(bytesOf: spelling, to: &own),
            let token = text.find(own, spellings, offsets)
        else {
            throw TableBuilder.invalid(
                "its merge \(rank), \"\(merge)\", names the token \"\(spelling)\", which it does not have")
        }
        bytes += own
        return token
    }

    /// Finds the tokens whose own bytes encode to just them, so that most pieces of text need a single look-up.
    ///
    /// Llama-3 and others take every token whole, also those that merging would not reach (`ignore_merges`).
    mutating func markWholeTokens() throws(TokenizerError) {
        let takesAll = source.ignoresMerges
        let tables = OwnedTables(encoded())
        let view = try VocabularyView(tables.bytes)
        var merger = BytePairMerger()
        var result: [TokenID] = []
        for token in kinds.indices where text.contains(UInt32(token), spellings, offsets) {
            result.removeAll(keepingCapacity: true)
            if !takesAll { merger.encode(view.bytes(of: UInt32(token)), with: view, into: &result) }
            wholeFlags[token] = takesAll || result == [TokenID(token)]
        }
    }

    // MARK: Output

    func encoded() -> [UInt8] {
        var writer = TableWriter()
        writer[.preTokenizer] = UInt64(source.preTokenizer.rawValue)
        writer[.vocabularySize] = UInt64(kinds.count)
        writer[.bos] = source.bos.map { UInt64($0.index) } ?? .max
        writer[.eos] = source.eos.map { UInt64($0.index) } ?? .max
        writer[.addsBOS] = source.addsBOS ? 1 : 0
        writer[.textProbes] = UInt64(text.longestProbe)
        writer[.specialProbes] = UInt64(special.longestProbe)
        writer[.mergeProbes] = UInt64(merges.longestProbe)
        writer.append(.endOfGeneration, source.endOfGeneration.map { UInt32($0.index) })
        writer.append(.offsets, offsets)
        writer.append(
            .kinds,
            kinds.indices.map { token in
                kinds[token].rawValue | (wholeFlags[token] ? TableLayout.wholeFlag : 0)
                    | (source.reach[TokenID(token)]?.rawValue ?? 0)
            })
        writer.append(.spellings, spellings)
        writer.append(.byteTokens, byteTokens)
        writer.append(.textSlots, text.slots)
        writer.append(.specialSlots, special.slots)
        let specials = kinds.indices.filter {
            (kinds[$0] == .control || kinds[$0] == .userDefined) && length(of: $0) > 0
        }
        writer.append(.specialLengths, Set(specials.map { UInt32(length(of: $0)) }).sorted(by: >))
        var firstBytes = [UInt8](repeating: 0, count: 256)
        for token in specials {
            let bit: TableLayout.SpecialClass = kinds[token] == .control ? .control : .userDefined
            firstBytes[Int(spellings[Int(offsets[token])])] |= bit.rawValue
        }
        writer.append(.specialFirstBytes, firstBytes)
        writer.append(.mergeSlots, merges.slots)
        return writer.finished()
    }

    private static func invalid(_ how: String) -> TokenizerError {
        TokenizerError(.invalidVocabulary, "the vocabulary cannot be used: \(how); convert the checkpoint again")
    }
}
