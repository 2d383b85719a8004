/// Lines of Azure's CSV files: `TIMESTAMP,ContextTokens,GeneratedTokens`, times as `2023-11-16 18:15:46.6805900`; or as
/// plain seconds, which is easier to write by hand.
///
/// Format: Azure/AzurePublicDataset, AzureLLMInferenceTrace (Patel et al., ISCA 2024).
enum AzureTrace {
    /// Where the columns stand.
    struct Columns {
        var time: Int
        var prompt: Int
        var generated: Int
        var count: Int
    }

    static func columns(_ line: Substring, at place: TraceReader.Place) throws(SimulationError) -> Columns {
        let names = line.split(separator: ",", omittingEmptySubsequences: false).map { $0.uppercased() }
        guard let time = names.firstIndex(of: "TIMESTAMP"), let prompt = names.firstIndex(of: "CONTEXTTOKENS"),
            let generated = names.firstIndex(of: "GENERATEDTOKENS")
        else {
            throw place.error(
                "is no header of a trace; TIMESTAMP,ContextTokens,GeneratedTokens begins Azure's, and a JSON object "
                    + "with timestamp, input_length and output_length Mooncake's")
        }
        return Columns(time: time, prompt: prompt, generated: generated, count: names.count)
    }

    static func request(
        _ line: Substring, columns: Columns, at place: TraceReader.Place
    ) throws(SimulationError) -> TracedRequest {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == columns.count else {
            throw place.error("has \(fields.count) fields; the header has \(columns.count)")
        }
        guard let time = seconds(fields[columns.time]) else {
            throw place.error(
                "has '\(fields[columns.time])' as TIMESTAMP, not a time like "
                    + "2023-11-16 18:15:46.6805900, nor a number of seconds")
        }
        guard let prompt = Int(fields[columns.prompt]), let generated = Int(fields[columns.generated]) else {
            throw place.error("has numbers of tokens that are no whole numbers")
        }
        return TracedRequest(
            arrival: time, promptTokens: try place.tokens(prompt, "ContextTokens"),
            generatedTokens: try place.tokens(generated, "GeneratedTokens"))
    }

    /// Seconds since 1970 of `YYYY-MM-DD hh:mm:ss.fraction`, or the seconds as they stand; nil when it is neither.
    private static func seconds(_ text: Substring) -> Double? {
        if let plain = Double(text) {
            return plain.isFinite && abs(plain) * 1000 <= Limits.latestMilliseconds ? plain : nil
        }
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-").compactMap { Int($0) }
        let clock = parts[1].split(separator: ":")
        guard date.count == 3, clock.count == 3, let hour = Int(clock[0]), let minute = Int(clock[1]),
            let second = Double(clock[2]), (1...12).contains(date[1]), (1...31).contains(date[2]),
            (0...9999).contains(date[0]), (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else { return nil }
        return Double(days(year: date[0], month: date[1], day: date[2])) * 86_400 + Double(hour * 3600 + minute * 60)
            + second
    }

    /// Days since 1970-01-01 in the Gregorian calendar. The year begins in March, so that the leap day is its last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
