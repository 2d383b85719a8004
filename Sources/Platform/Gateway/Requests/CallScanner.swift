package import OpenAIAPI

/// Reads a model call's body in one pass: checks that it is JSON, and finds the fields that the gateway acts on.
///
/// A field of ours that stands twice is refused: whoever reads the first and whoever reads the second would disagree.
package struct CallScanner {
    private enum Field: Int {
        case model, stream, n, seed, maxTokens, maxCompletionTokens, temperature, topP, messages, prompt, input, user
        case pronk
    }

    private var walker = JSONWalker()
    private var fields = CallFields()
    private var seen: UInt32 = 0

    package static func scan(_ bytes: Span<UInt8>) throws(APIError) -> CallFields {
        var scanner = CallScanner()
        do {
            try scanner.walk(bytes)
            return scanner.fields
        } catch let error as APIError {
            throw error
        } catch {
            throw fault(in: bytes)
        }
    }

    private static func fault(in bytes: Span<UInt8>) -> APIError {
        var walker = JSONWalker()
        if (try? walker.openObject(bytes)) == nil, walker.position < bytes.count {
            return APIError(.invalidJSON, "The request body must be a JSON object: it starts with something else.")
        }
        return JSONBody.fault(in: bytes.string(in: 0..<bytes.count).utf8)
    }

    private mutating func walk(_ bytes: Span<UInt8>) throws {
        try walker.openObject(bytes)
        var isFirst = true
        while let key = try walker.nextKey(bytes, isFirst: &isFirst) {
            guard let field = Self.field(key, bytes) else {
                try walker.value(bytes)
                continue
            }
            let bit: UInt32 = 1 << field.rawValue
            let name = bytes.string(in: key.range)
            guard seen & bit == 0 else {
                throw APIError(.invalidValue, "'\(name)' stands twice in the request: keep one.", param: name)
            }
            seen |= bit
            try take(field, name, bytes)
        }
        fields.closingBrace = walker.position - 1
        try walker.end(bytes)
    }

    private mutating func take(_ field: Field, _ name: String, _ bytes: Span<UInt8>) throws {
        let start = walker.position
        let first = walker.peek(bytes)
        switch field {
        case .messages: try takeMessages(bytes)
        case .prompt, .input: try takePrompts(bytes)
        default: try walker.value(bytes)
        }
        let range = start..<walker.position
        let extent = CallFields.Extent(range: range, isNull: first == UInt8(ascii: "n"))
        switch field {
        case .model: try takeModel(range, first, bytes)
        case .stream: try takeStream(first)
        case .n: if let choices = bytes.integer(in: range), choices > 0 { fields.choices = choices }
        case .seed: fields.seed = extent
        case .maxTokens:
            fields.maxTokens = extent
            if fields.maximumTokens == nil { fields.maximumTokens = bytes.integer(in: range) }
        case .maxCompletionTokens:
            fields.maxCompletionTokens = extent
            fields.maximumTokens = bytes.integer(in: range) ?? fields.maximumTokens
        case .temperature: fields.temperature = extent
        case .topP: fields.topP = extent
        case .messages, .prompt, .input:
            fields.content = range
            if fields.opening == nil { fields.opening = range }
        case .user: fields.user = range
        case .pronk:
            throw APIError(
                .unsupportedParameter, "'pronk' is for the platform's own use: leave it out.", param: "pronk")
        }
    }

    private mutating func takeModel(_ range: Range<Int>, _ first: UInt8, _ bytes: Span<UInt8>) throws {
        guard first == UInt8(ascii: "\"") else {
            throw APIError(.invalidValue, "'model' must be a string.", param: "model")
        }
        var inner = JSONWalker(at: range.lowerBound)
        let text = try inner.text(bytes)
        fields.modelExtent = range
        fields.model = try Self.decode(text, range, bytes)
    }

    private mutating func takeStream(_ first: UInt8) throws {
        switch first {
        case UInt8(ascii: "t"): fields.isStreamed = true
        case UInt8(ascii: "f"), UInt8(ascii: "n"): break
        default: throw APIError(.invalidValue, "'stream' must be true or false.", param: "stream")
        }
    }

    /// Finds the end of the first message of a user on the way.
    private mutating func takeMessages(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        guard walker.peek(bytes) == UInt8(ascii: "[") else {
            try walker.value(bytes)
            return
        }
        let start = walker.position
        try walker.openArray(bytes)
        var isFirst = true
        while try walker.nextElement(bytes, isFirst: &isFirst) {
            let element = try walker.value(bytes, depth: 2)
            if fields.opening == nil, try Self.isOfUser(element, bytes) {
                fields.opening = start..<element.upperBound
            }
        }
    }

    private static func isOfUser(_ element: Range<Int>, _ bytes: Span<UInt8>) throws(BrokenJSON) -> Bool {
        guard bytes[element.lowerBound] == UInt8(ascii: "{") else { return false }
        var walker = JSONWalker(at: element.lowerBound)
        try walker.openObject(bytes)
        var isFirst = true
        while let key = try walker.nextKey(bytes, isFirst: &isFirst) {
            let value = try walker.value(bytes, depth: 3)
            if bytes.equals("role", in: key.range) { return bytes.equals("\"user\"", in: value) }
        }
        return false
    }

    /// Counts the prompts: one text or list of tokens, or a list of those.
    private mutating func takePrompts(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        guard walker.peek(bytes) == UInt8(ascii: "[") else {
            try walker.value(bytes)
            return
        }
        try walker.openArray(bytes)
        var isFirst = true
        var count = 0
        var areTokens = false
        while try walker.nextElement(bytes, isFirst: &isFirst) {
            let first = walker.peek(bytes)
            areTokens = first != UInt8(ascii: "\"") && first != UInt8(ascii: "[")
            try walker.value(bytes, depth: 2)
            count += 1
        }
        fields.prompts = areTokens ? 1 : max(count, 1)
    }

    private static func field(_ key: JSONWalker.Text, _ bytes: Span<UInt8>) -> Field? {
        guard !key.hasEscapes else {
            let quoted = (key.range.lowerBound - 1)..<(key.range.upperBound + 1)
            guard let name = try? decode(key, quoted, bytes) else { return nil }
            let copy = Array(name.utf8)
            return field(0..<copy.count, copy.span)
        }
        return field(key.range, bytes)
    }

    private static func field(_ key: Range<Int>, _ bytes: Span<UInt8>) -> Field? {
        func matches(_ name: StaticString, _ field: Field) -> Field? { bytes.equals(name, in: key) ? field : nil }
        switch key.count {
        case 1: return matches("n", .n)
        case 4: return matches("seed", .seed) ?? matches("user", .user)
        case 5:
            return matches("model", .model) ?? matches("top_p", .topP) ?? matches("pronk", .pronk)
                ?? matches("input", .input)
        case 6: return matches("stream", .stream) ?? matches("prompt", .prompt)
        case 8: return matches("messages", .messages)
        case 10: return matches("max_tokens", .maxTokens)
        case 11: return matches("temperature", .temperature)
        case 21: return matches("max_completion_tokens", .maxCompletionTokens)
        default: return nil
        }
    }

    /// - Parameter quoted: the text with its quotes.
    private static func decode(
        _ text: JSONWalker.Text, _ quoted: Range<Int>, _ bytes: Span<UInt8>
    ) throws(APIError) -> String {
        guard text.hasEscapes else { return bytes.string(in: text.range) }
        return try JSONBody.decode(String.self, from: bytes.string(in: quoted).utf8)
    }
}
