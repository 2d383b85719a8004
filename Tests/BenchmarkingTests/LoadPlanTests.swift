import Benchmarking
import Simulation
import TestSupport
import Testing

@Suite("Planning a load")
struct LoadPlanTests {
    private func requests(_ settings: LoadSettings, now: Double = 0) -> [PlannedRequest] {
        var plan = LoadPlan(settings)
        var requests: [PlannedRequest] = []
        while let request = plan.request(now: now) { requests.append(request) }
        return requests
    }

    private func open(_ rate: Double, requests: Int? = nil, duration: Double? = nil, seed: UInt64 = 1) -> LoadSettings {
        var settings = LoadSettings(arrivals: .rate(rate))
        settings.requests = requests
        settings.duration = duration
        settings.seed = seed
        return settings
    }

    @Test("the same seed gives the same arrivals and lengths; another gives others")
    func seeded() {
        var settings = open(5, requests: 50, seed: 7)
        settings.prompt = TokenCount(10...500)
        settings.output = TokenCount(1...90)
        let first = requests(settings)
        #expect(first == requests(settings))
        settings.seed = 8
        #expect(first != requests(settings))
        #expect(first.map(\.number) == Array(0..<50))
    }

    @Test("gaps of a Poisson process have the rate's mean, and a deviation as large")
    func poisson() {
        for seed in [UInt64(1), 2, 3] {
            let arrivals = requests(open(4, requests: 20_000, seed: seed)).compactMap(\.arrival)
            let gaps = zip(arrivals.dropFirst(), arrivals).map(-)
            #expect(gaps.allSatisfy { $0 > 0 })
            let mean = gaps.reduce(0, +) / Double(gaps.count)
            let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)).squareRoot()
            #expect(abs(mean - 0.25) < 0.01, "seed \(seed)")
            #expect(abs(deviation - 0.25) < 0.01, "seed \(seed)")
        }
    }

    @Test("a duration ends an open loop by its arrivals and a closed one by the clock")
    func duration() {
        let arrivals = requests(open(100, duration: 2)).compactMap(\.arrival)
        #expect(arrivals.allSatisfy { $0 < 2 })
        #expect((150...250).contains(arrivals.count))
        var settings = LoadSettings(arrivals: .clients(1))
        settings.duration = 2
        var plan = LoadPlan(settings)
        #expect(plan.request(now: 1.9) != nil)
        #expect(plan.request(now: 2.0) == nil)
    }

    @Test("lengths stay within their range and reach both ends")
    func lengths() {
        var settings = open(1, requests: 2_000)
        settings.prompt = TokenCount(3...6)
        let prompts = Set(requests(settings).map(\.promptTokens))
        #expect(prompts == [3, 4, 5, 6])
    }

    @Test("a trace gives times and lengths, cut where they are too long")
    func trace() throws {
        let trace = try TraceReader.parse(
            "TIMESTAMP,ContextTokens,GeneratedTokens\n10.5,100,7\n12,9000,0\n", name: "plain.csv")
        var settings = LoadSettings(arrivals: .trace(trace.stretched(by: 0.5)))
        settings.longestPrompt = 500
        let planned = requests(settings)
        #expect(planned.map(\.arrival) == [0, 0.75])
        #expect(planned.map(\.promptTokens) == [100, 500])
        #expect(planned.map(\.outputTokens) == [7, 1])
        #expect(LoadPlan(settings).expectedCount == 2)
    }

    @Test(
        "counts of tokens are read, and nonsense is not",
        arguments: [
            ("100", "100"), ("50-200", "50–200"), ("0", nil), ("9-3", nil), ("1-2-3", nil), ("", nil), ("x", nil),
            ("-5", nil), ("99999999", nil),
        ] as [(String, String?)])
    func counts(text: String, read: String?) { #expect(TokenCount(text)?.text == read) }

    @Test("a setting beyond its bounds is named by its option")
    func validation() {
        func message(_ change: (inout LoadSettings) -> Void) -> String {
            var settings = LoadSettings(arrivals: .clients(1))
            change(&settings)
            do { try settings.validate() } catch { return error.message }
            return "fine"
        }
        #expect(message { _ in } == "fine")
        #expect(message { $0.arrivals = .clients(0) }.contains("--clients"))
        #expect(message { $0.arrivals = .rate(.infinity) }.contains("--rate"))
        #expect(message { $0.requests = 0 }.contains("--requests"))
        #expect(message { $0.duration = -1 }.contains("--duration"))
        #expect(message { $0.timeout = 0 }.contains("--timeout"))
        #expect(message { $0.sharedPrefix = 100 }.contains("--shared-prefix"))
    }
}

@Suite("Writing prompts")
struct PromptWriterTests {
    @Test("prompts differ from their first words on, and the same number gives the same prompt")
    func unique() {
        let writer = PromptWriter()
        let prompts = (0..<500).map { writer.prompt(tokens: 32, seed: 3, number: $0) }
        #expect(Set(prompts.map { $0.split(separator: " ").prefix(8).joined() }).count == 500)
        #expect(prompts[7] == writer.prompt(tokens: 32, seed: 3, number: 7))
        #expect(prompts[7] != writer.prompt(tokens: 32, seed: 4, number: 7))
    }

    @Test("a shared prefix is shared by all prompts of a seed, and the rest is not")
    func shared() {
        let writer = PromptWriter(tokensPerWord: 1, frameTokens: 10)
        let prompts = (0..<50).map {
            writer.prompt(tokens: 100, sharedPrefix: 50, seed: 3, number: $0).split(separator: " ")
        }
        #expect(Set(prompts.map { $0.prefix(40) }).count == 1)
        #expect(Set(prompts.map { $0.dropFirst(40).prefix(10) }).count == 50)
        #expect(prompts.allSatisfy { $0.count == 90 })
    }

    @Test("words follow from two measured prompts, and from nonsense one token a word")
    func calibration() {
        let writer = PromptWriter(fewerWords: 24, fewerTokens: 24 * 2 + 9, moreWords: 88, moreTokens: 88 * 2 + 9)
        #expect(writer.tokensPerWord == 2 && writer.frameTokens == 9)
        #expect(writer.words(forTokens: 209) == 100)
        #expect(writer.words(forTokens: 1) == 1)
        #expect(PromptWriter(fewerWords: 24, fewerTokens: 50, moreWords: 88, moreTokens: 50) == PromptWriter())
        #expect(PromptWriter(fewerWords: 24, fewerTokens: 0, moreWords: 24, moreTokens: 1) == PromptWriter())
    }
}
