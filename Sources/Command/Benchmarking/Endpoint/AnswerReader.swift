import Foundation
package import Terminal

/// What a streamed answer tells about its timing, taken from its bytes as they come. Pure: the caller says when.
///
/// Events are looked into without decoding them, because decoding JSON for every token would take a share of the
/// processor that the measured engine needs: only events with usage or an error are decoded.
package struct AnswerReader: Sendable {
    /// Nanoseconds at which the first and the last piece of text came.
    package private(set) var firstText: UInt64?
    package private(set) var lastText: UInt64?
    /// Microseconds between one piece of text and the next.
    package private(set) var gaps: [UInt32] = []
    /// Events that carried text.
    package private(set) var pieces = 0
    package private(set) var promptTokens: Int?
    package private(set) var outputTokens: Int?
    /// What the server said in an error event.
    package private(set) var errorMessage: String?
    /// Whether the stream was closed by `[DONE]`.
    package private(set) var isDone = false
    private var events = EventStreamParser()

    package init() {}

    /// Takes the next bytes of the stream, which came at `now` nanoseconds. Throws if they are no event stream.
    package mutating func take(_ bytes: some Sequence<UInt8>, now: UInt64) throws(TerminalError) {
        for event in try events.append(bytes) { read(event, now: now) }
    }

    private mutating func read(_ event: String, now: UInt64) {
        if event == "[DONE]" {
            isDone = true
            return
        }
        let bytes = Array(event.utf8)
        if Self.carriesText(bytes) {
            pieces += 1
            if let lastText { gaps.append(UInt32(clamping: (now - lastText) / 1000)) }
            firstText = firstText ?? now
            lastText = now
        }
        // Many servers say `"usage": null` in every event.
        let hasUsage = Self.value(of: "\"usage\"", in: bytes)?.first == UInt8(ascii: "{")
        let hasError = Self.value(of: "\"error\"", in: bytes).map { $0.first != UInt8(ascii: "n") } ?? false
        if hasUsage || hasError { decode(bytes) }
    }

    private mutating func decode(_ bytes: [UInt8]) {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(bytes)) else { return }
        if let usage = event.usage {
            promptTokens = Self.bounded(usage.prompt_tokens) ?? promptTokens
            outputTokens = Self.bounded(usage.completion_tokens) ?? outputTokens
        }
        if let error = event.error { errorMessage = error.text }
    }

    /// Counts come from a server: sums of wild ones must not end the program.
    private static func bounded(_ count: Int?) -> Int? { count.map { min(max($0, 0), Limits.tokens) } }

    private struct Event: Decodable {
        struct Usage: Decodable {
            var prompt_tokens: Int?
            var completion_tokens: Int?
        }
        var usage: Usage?
        var error: ErrorField?
    }

    /// An error event's own words: OpenAI's object, or the plain text that some servers send.
    private struct ErrorField: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            struct Object: Decodable { var message: String }
            if let object = try? Object(from: decoder) {
                text = object.message
            } else {
                text = (try? decoder.singleValueContainer().decode(String.self)) ?? "an error without words"
            }
        }
    }

    /// Whether one of the fields that hold an answer's text is there with a text that is not empty. A quotation mark
    /// inside a text is escaped, so `"content"` with both of its marks is always the field.
    private static func carriesText(_ bytes: [UInt8]) -> Bool {
        fields.contains { field in
            guard let value = value(of: field, in: bytes), value.first == UInt8(ascii: "\"") else { return false }
            return value.dropFirst().first != UInt8(ascii: "\"")
        }
    }

    /// The bytes from the beginning of a field's value on; nil if there is no such field.
    private static func value(of field: StaticString, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        find(field, in: bytes).map { bytes[$0...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") } }
    }

    private static let fields: [StaticString] = [
        "\"content\"", "\"text\"", "\"reasoning_content\"", "\"reasoning\"",
    ]

    /// The place behind the first occurrence of `needle`, which begins with a quotation mark.
    private static func find(_ needle: StaticString, in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            let length = needle.utf8CodeUnitCount
            var place = 0
            // From one quotation mark, with which every needle begins, to the next.
            while place + length <= bytes.count,
                let mark = memchr(base + place, Int32(UInt8(ascii: "\"")), bytes.count - length - place + 1)
            {
                place = base.distance(to: UnsafeRawPointer(mark))
                if memcmp(base + place, needle.utf8Start, length) == 0 { return place + length }
                place += 1
            }
            return nil
        }
    }
}
