internal import FoundationEssentials

/// Lines of Mooncake's traces: a JSON object with `timestamp` (milliseconds), `input_length` and `output_length`.
///
/// Format: kvcache-ai/Mooncake, FAST25-release (Qin et al., FAST 2025).
enum MooncakeTrace {
    private struct Line: Decodable {
        var timestamp: Double
        var input_length: Int
        var output_length: Int
    }

    static func request(_ line: Substring, at place: TraceReader.Place) throws(SimulationError) -> TracedRequest {
        let read: Line
        do { read = try JSONDecoder().decode(Line.self, from: Data(line.utf8)) } catch {
            throw place.error(
                "is no JSON object with the numbers timestamp, input_length and output_length (in whole tokens)")
        }
        guard read.timestamp.isFinite, abs(read.timestamp) <= Limits.latestMilliseconds else {
            throw place.error("has \(read.timestamp) as timestamp, which no trace has")
        }
        return TracedRequest(
            arrival: read.timestamp / 1000, promptTokens: try place.tokens(read.input_length, "input_length"),
            generatedTokens: try place.tokens(read.output_length, "output_length"))
    }
}
