import Simulation
import Testing

@Suite("Reading traces")
struct TraceReaderTests {
    private func message(_ text: String) -> String {
        do {
            let trace = try TraceReader.parse(text, name: "t")
            return "\(trace.requests.count) requests"
        } catch { return error.message }
    }

    @Test("Azure's CSV: seconds from the first request, across midnight, in order, with or without a last line end")
    func azure() throws {
        let text = """
            TIMESTAMP,ContextTokens,GeneratedTokens\r
            2024-02-28 23:59:59.5000000,374,44\r
            2024-02-29 00:00:01.2500000,396,109\r
            2024-02-29 00:00:00.0000000,1,2
            """
        let trace = try TraceReader.parse(text, name: "azure.csv")
        #expect(
            trace.requests == [
                TracedRequest(arrival: 0, promptTokens: 374, generatedTokens: 44),
                TracedRequest(arrival: 0.5, promptTokens: 1, generatedTokens: 2),
                TracedRequest(arrival: 1.75, promptTokens: 396, generatedTokens: 109),
            ])
        #expect(try TraceReader.parse(text + "\n", name: "azure.csv") == trace)
    }

    @Test("a leap day and the ends of months are where the calendar has them")
    func calendar() throws {
        func seconds(_ first: String, _ second: String) throws -> Double {
            try TraceReader.parse(
                "TIMESTAMP,ContextTokens,GeneratedTokens\n\(first),1,1\n\(second),1,1\n", name: "t"
            ).span
        }
        #expect(try seconds("2024-02-28 00:00:00.0", "2024-03-01 00:00:00.0") == 2 * 86_400)
        #expect(try seconds("2023-02-28 00:00:00.0", "2023-03-01 00:00:00.0") == 86_400)
        #expect(try seconds("2023-12-31 00:00:00.0", "2024-01-01 00:00:00.0") == 86_400)
        #expect(try seconds("1999-12-31 12:00:00.0", "2000-12-31 12:00:00.0") == 366 * 86_400)
    }

    @Test("Mooncake's lines: milliseconds, and fields that are not needed")
    func mooncake() throws {
        let text = """
            {"timestamp": 3000, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}

            {"timestamp": 4500, "input_length": 7, "output_length": 9}
            """
        let trace = try TraceReader.parse(text, name: "mooncake.jsonl")
        #expect(
            trace.requests == [
                TracedRequest(arrival: 0, promptTokens: 6758, generatedTokens: 500),
                TracedRequest(arrival: 1.5, promptTokens: 7, generatedTokens: 9),
            ])
    }

    @Test("stretched, requests are farther apart and otherwise the same")
    func stretched() {
        let trace = Trace(name: "t", requests: [TracedRequest(arrival: 2, promptTokens: 3, generatedTokens: 4)])
        #expect(
            trace.stretched(by: 10).requests == [TracedRequest(arrival: 20, promptTokens: 3, generatedTokens: 4)])
    }

    @Test(
        "what is wrong is named with its line",
        arguments: [
            ("", "holds no request"),
            ("\n\n", "holds no request"),
            ("a,b,c\n", "line 1, is no header"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "holds no request"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,1\n", "line 2, has 2 fields"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,1\n", "'yesterday' as TIMESTAMP"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-13-16 18:15:46.6,1,1\n", "as TIMESTAMP"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:nan,1,1\n", "as TIMESTAMP"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,x,1\n", "no whole numbers"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,-1,1\n", "-1 as ContextTokens"),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,1,99999999999\n", "as GeneratedTokens"),
            ("{\"timestamp\": 1, \"input_length\": 1, \"output_length\": 1}\n{]\n", "line 2, is no JSON object"),
            ("{\"timestamp\": 1, \"input_length\": 1}\n", "line 1, is no JSON object"),
            ("{\"timestamp\": 1e300, \"input_length\": 1, \"output_length\": 1}\n", "which no trace has"),
            ("{\"timestamp\": 1, \"input_length\": 1, \"output_length\": -4}\n", "-4 as output_length"),
        ])
    func mistakes(text: String, complaint: String) {
        #expect(message(text).contains(complaint), "\(message(text))")
    }

    @Test("a file that is not there is said to be so")
    func missing() {
        let error = #expect(throws: SimulationError.self) { try TraceReader.read(path: "/nowhere/trace.csv") }
        #expect(error?.message.contains("/nowhere/trace.csv") == true)
    }
}
