import Control

/// Finds the `usage` object in an answer or in an event, without reading the rest.
///
/// It looks from the end, where engines write it. Inside a string every quote has a backslash before it, so text of a
/// model that looks like one is not taken for one.
enum UsageReader {
    static func find(in bytes: Span<UInt8>) -> TokenUsage? {
        var index = bytes.count - 8
        while index >= 0 {
            if bytes[index] == UInt8(ascii: "\""), bytes.holds("\"usage\":", at: index),
                let usage = try? read(bytes, at: index + 8)
            {
                return usage
            }
            index -= 1
        }
        return nil
    }

    private static func read(_ bytes: Span<UInt8>, at position: Int) throws(BrokenJSON) -> TokenUsage? {
        var usage = TokenUsage()
        var hasPrompt = false
        try eachField(bytes, at: position) { key, value in
            if bytes.equals("prompt_tokens", in: key) {
                usage.prompt = bytes.integer(in: value) ?? 0
                hasPrompt = true
            } else if bytes.equals("completion_tokens", in: key) {
                usage.generated = bytes.integer(in: value) ?? 0
            } else if bytes.equals("prompt_tokens_details", in: key) {
                try? eachField(bytes, at: value.lowerBound) { key, value in
                    if bytes.equals("cached_tokens", in: key) { usage.cached = bytes.integer(in: value) ?? 0 }
                }
            }
        }
        return hasPrompt ? usage : nil
    }

    private static func eachField(
        _ bytes: Span<UInt8>, at position: Int, _ body: (Range<Int>, Range<Int>) -> Void
    ) throws(BrokenJSON) {
        var walker = JSONWalker(at: position)
        try walker.openObject(bytes)
        var isFirst = true
        while let key = try walker.nextKey(bytes, isFirst: &isFirst) { body(key.range, try walker.value(bytes)) }
    }
}
