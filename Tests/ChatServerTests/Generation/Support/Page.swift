import Foundation
import Testing

/// An open page: reads the stream of events and does with them what pages do.
actor Page {
    struct Event: Sendable {
        var name: String
        var data: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]) ?? [:]
        }
        /// Of the message in it.
        var message: [String: Any] { json["message"] as? [String: Any] ?? [:] }
    }

    private var pieces: AsyncStream<[UInt8]>.Iterator
    private var buffer: [UInt8] = []
    /// Messages by id, put together from snapshots and text.
    private(set) var texts: [String: String] = [:]
    private(set) var names: [String] = []

    init(_ stream: AsyncStream<[UInt8]>) { pieces = stream.makeAsyncIterator() }

    /// The next event; nil: the stream has ended.
    func next() async throws -> Event? {
        while true {
            if let end = buffer.firstRange(of: Array("\n\n".utf8)) {
                let block = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeSubrange(..<end.upperBound)
                let lines = block.split(separator: "\n")
                guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
                    let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6)
                else { continue }
                let event = Event(name: String(name), data: String(data))
                try apply(event)
                return event
            }
            var iterator = pieces
            guard let piece = await iterator.next(isolation: self) else { return nil }
            pieces = iterator
            buffer += piece
        }
    }

    /// Reads until an event of that name, and returns it.
    @discardableResult
    func read(until name: String) async throws -> Event {
        while let event = try await next() { if event.name == name { return event } }
        throw CancellationError()
    }

    /// Reads until a message has that text.
    func read(untilText text: String, of message: String) async throws {
        while texts[message] != text { guard try await next() != nil else { throw CancellationError() } }
    }

    func readToEnd() async throws { while try await next() != nil {} }

    private func apply(_ event: Event) throws {
        names.append(event.name)
        let json = event.json
        switch event.name {
        case "snapshot", "end":
            let id = try #require(event.message["id"] as? String)
            texts[id] = event.message["content"] as? String
        case "delta":
            let id = try #require(json["message"] as? String)
            let known = try #require(texts[id], "text of a message that was never shown")
            #expect(json["at"] as? Int == known.utf16.count, "text is missing or comes twice")
            texts[id] = known + (json["text"] as? String ?? "")
        default: break
        }
    }
}
