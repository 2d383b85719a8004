internal import FoundationEssentials

/// Reads published traces of LLM traffic: Azure's CSV files of 2023 and Mooncake's JSON lines.
package enum TraceReader {
    /// Reads the file at `path`; the kind is told by its first character.
    package static func read(path: String) throws(SimulationError) -> Trace {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw SimulationError(.unreadableTrace, "\(path) cannot be read. Is it a file, and may you read it?")
        }
        guard data.count <= Limits.traceBytes else {
            throw SimulationError(
                .unreadableTrace,
                "\(path) has \(data.count) bytes; \(Limits.traceBytes) is the most. Give a part of it.")
        }
        let name = String(path.split(separator: "/").last ?? "trace")
        return try parse(String(decoding: data, as: UTF8.self), name: name)
    }

    /// A trace of `text`; `name` stands in its messages.
    package static func parse(_ text: String, name: String) throws(SimulationError) -> Trace {
        let isLines = text.utf8.first { $0 != 0x20 && $0 != 0x0a && $0 != 0x0d } == UInt8(ascii: "{")
        var requests: [TracedRequest] = []
        var header: AzureTrace.Columns?
        for (index, line) in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let line = Substring(line).trimmingLineEnd
            guard !line.isEmpty else { continue }
            let place = Place(file: name, line: index + 1)
            if isLines {
                requests.append(try MooncakeTrace.request(line, at: place))
            } else if let columns = header {
                requests.append(try AzureTrace.request(line, columns: columns, at: place))
            } else {
                header = try AzureTrace.columns(line, at: place)
            }
            guard requests.count <= Limits.tracedRequests else {
                throw place.error(
                    "is beyond the \(Limits.tracedRequests) requests of the longest trace; give a part of it")
            }
        }
        guard !requests.isEmpty else { throw SimulationError(.unreadableTrace, "\(name) holds no request.") }
        return Trace.ordered(name: name, requests)
    }

    /// Where in a trace something is wrong.
    struct Place {
        var file: String
        var line: Int

        func error(_ complaint: String) -> SimulationError {
            SimulationError(.unreadableTrace, "\(file), line \(line), \(complaint).")
        }

        /// Tokens as a number that a request can have.
        func tokens(_ value: Int, _ field: String) throws(SimulationError) -> Int {
            guard (0...Limits.tokensOfRequest).contains(value) else {
                throw error("has \(value) as \(field); 0 to \(Limits.tokensOfRequest) can be")
            }
            return value
        }
    }
}

extension Substring {
    /// Without blanks and a carriage return at the end.
    fileprivate var trimmingLineEnd: Substring {
        var text = self
        while let last = text.utf8.last, last == 0x0d || last == 0x20 { text = text.dropLast() }
        return text
    }
}
