import Foundation

/// A form as browsers send it with files: its parts stand where they stood in the body, nothing is copied.
///
/// Source: RFC 7578 and RFC 2046, section 5.1.
package struct MultipartForm: Sendable {
    package struct Part: Sendable, Equatable {
        package var name: String
        /// Of the body: its header lines, with the empty line behind them.
        package var head: Range<Int>
        package var content: Range<Int>
    }

    package let parts: [Part]
    private let body: [UInt8]
    private let boundary: [UInt8]

    /// - Returns: nil for what is no form, has no end, or more parts than there is reason for.
    package init?(contentType: String, body: [UInt8]) {
        guard let boundary = Self.boundary(in: contentType) else { return nil }
        self.boundary = boundary
        self.body = body
        let delimiter = Array("--".utf8) + boundary
        var parts: [Part] = []
        // The first delimiter may stand at the very beginning; all others follow a line end, which is theirs.
        guard var place = Self.find(delimiter, in: body, from: 0) else { return nil }
        let inner = Array("\r\n".utf8) + delimiter
        while true {
            place += delimiter.count
            if body[place...].starts(with: "--".utf8) { break }
            while place < body.count, body[place] == 0x20 || body[place] == 0x09 { place += 1 }
            guard body[place...].starts(with: "\r\n".utf8) else { return nil }
            place += 2
            guard let end = Self.find(inner, in: body, from: max(place - 2, 0)), parts.count < Limits.formParts else {
                return nil
            }
            if let part = Self.part(body, place..<max(end, place)) { parts.append(part) }
            place = end + 2
        }
        self.parts = parts
    }

    /// A body of the same boundary with some of the parts, and with fields before them.
    package func body(keeping kept: [Part], adding fields: [(name: String, value: String)]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(body.count + 256 * fields.count)
        func begin() {
            result += "--".utf8
            result += boundary
            result += "\r\n".utf8
        }
        for field in fields {
            begin()
            result += "Content-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n".utf8
        }
        for part in kept {
            begin()
            result += body[part.head]
            result += body[part.content]
            result += "\r\n".utf8
        }
        result += "--".utf8
        result += boundary
        result += "--\r\n".utf8
        return result
    }

    package func text(of part: Part) -> String { String(decoding: body[part.content], as: UTF8.self) }

    private static func boundary(in contentType: String) -> [UInt8]? {
        let fields = contentType.split(separator: ";")
        guard fields.first?.trimmingCharacters(in: .whitespaces).lowercased() == "multipart/form-data" else {
            return nil
        }
        for field in fields.dropFirst() {
            let halves = field.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces).lowercased() == "boundary" else {
                continue
            }
            let value = halves[1].trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\"")))
            return 1...70 ~= value.utf8.count ? Array(value.utf8) : nil
        }
        return nil
    }

    /// nil: a part without a name.
    private static func part(_ body: [UInt8], _ range: Range<Int>) -> Part? {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = find(blank, in: body, from: range.lowerBound), end + blank.count <= range.upperBound else {
            return nil
        }
        let head = range.lowerBound..<(end + blank.count)
        let lines = String(decoding: body[head].prefix(Limits.formHeadBytes), as: UTF8.self)
            .split(separator: "\r\n")
        for line in lines where line.lowercased().hasPrefix("content-disposition:") {
            for field in line.split(separator: ";").dropFirst() {
                let halves = field.split(separator: "=", maxSplits: 1)
                guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces).lowercased() == "name" else {
                    continue
                }
                let name = halves[1].trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\"")))
                return Part(name: name, head: head, content: head.upperBound..<range.upperBound)
            }
        }
        return nil
    }

    /// The first place of `pattern`.
    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first else { return nil }
        var place = start
        while place + pattern.count <= bytes.count {
            guard let next = bytes[place...].firstIndex(of: first), next + pattern.count <= bytes.count else {
                return nil
            }
            if bytes[next..<(next + pattern.count)].elementsEqual(pattern) { return next }
            place = next + 1
        }
        return nil
    }
}
