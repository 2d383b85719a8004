import Foundation
package import Reports

/// What `bench serve` measured: one entry for each endpoint and load.
package struct ServeReport: Sendable, Codable {
    /// One load on one endpoint.
    package struct Entry: Sendable, Codable {
        package var endpoint: String
        package var model: String
        /// "4 clients", "2 a second", "trace x.csv": how the load is called in tables.
        package var load: String
        /// The number that a plot over loads puts this at: clients, or requests a second.
        package var level: Double
        package var isClosed: Bool
        /// Whether the server takes `ignore_eos`, so that answers have the wanted length.
        package var ignoresEnd: Bool
        /// Whether the server tells how many tokens there were.
        package var tellsUsage: Bool
        package var summary: LoadSummary

        package init(
            endpoint: String, profile: EndpointProfile, load: String, level: Double, isClosed: Bool,
            summary: LoadSummary
        ) {
            self.endpoint = endpoint
            model = profile.model
            self.load = load
            self.level = level
            self.isClosed = isClosed
            ignoresEnd = profile.form.ignoresEnd
            tellsUsage = profile.tellsUsage
            self.summary = summary
        }
    }

    package var entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    package var failed: Int { entries.reduce(0) { $0 + $1.summary.failed } }
    package var answered: Int { entries.reduce(0) { $0 + $1.summary.answered } }

    package func document(language say: ReportLanguage, facts: [ReportDocument.Fact]) -> ReportDocument {
        ReportDocument(
            language: say, title: say("Serving benchmark", "服务基准"), warnings: warnings(say), facts: facts,
            sections: [throughput(say), latencies(say)] + failures(say))
    }

    private func warnings(_ say: ReportLanguage) -> [String] {
        var warnings: [String] = []
        for entry in entries {
            let summary = entry.summary
            let name = label(entry)
            if summary.failed > 0 {
                let share = Figures.percent(summary.failedShare)
                warnings.append(
                    say(
                        "\(name): \(summary.failed) of \(summary.failed + summary.answered) requests failed "
                            + "(\(share)). "
                            + "Latencies and rates are those of the others.",
                        "\(name)：\(summary.failed + summary.answered) 个请求中有 \(summary.failed) 个失败（\(share)）。"
                            + "延迟与速率只统计其余请求。"))
            }
            if summary.endedEarly {
                warnings.append(
                    say(
                        "\(name): ended early, with \(summary.cancelled) requests under way.",
                        "\(name)：提前结束，当时有 \(summary.cancelled) 个请求未完成。"))
            }
            if let tally = summary.promptTokens, summary.promptTokensWanted > 0,
                abs(tally.mean / summary.promptTokensWanted - 1) > 0.03
            {
                let asked = Figures.digits(summary.promptTokensWanted)
                let got = Figures.digits(tally.mean)
                warnings.append(
                    say(
                        "\(name): prompts have \(got) tokens by the server's count; \(asked) were asked for.",
                        "\(name)：按服务器计数，提示词平均 \(got) token，要求为 \(asked)。"))
            }
            if summary.generatorProcessorShare > 0.25 {
                warnings.append(
                    say(
                        "\(name): the load generator itself used \(Figures.percent(summary.generatorProcessorShare)) "
                            + "of a core. If it shares the machine with the server, it disturbed it.",
                        "\(name)：压测程序自身占用了 \(Figures.percent(summary.generatorProcessorShare)) 的一个核心；"
                            + "若与服务器同机，会影响结果。"))
            }
            if let lateness = summary.lateness, lateness.p99 > 0.05 {
                warnings.append(
                    say(
                        "\(name): requests were sent up to \(Figures.seconds(lateness.max)) after their time; "
                            + "latencies count from the planned time.",
                        "\(name)：请求最多晚发 \(Figures.seconds(lateness.max))；延迟从计划时刻算起。"))
            }
        }
        return warnings
    }

    private func throughput(_ say: ReportLanguage) -> ReportDocument.Section {
        let rows = entries.map { entry in
            let summary = entry.summary
            let prompt = summary.promptTokens.map { "\(Figures.digits($0.mean)) (\($0.least) – \($0.most))" } ?? "–"
            return [
                label(entry), Figures.digits(summary.requestsPerSecond),
                Figures.digits(summary.outputTokensPerSecond), Figures.digits(summary.totalTokensPerSecond),
                String(summary.answered), String(summary.failed), String(summary.cancelled),
                Figures.seconds(summary.seconds), prompt, Figures.percent(summary.generatorProcessorShare),
            ]
        }
        return ReportDocument.Section(
            say("Throughput", "吞吐量"),
            table: ReportTable(
                header: [
                    "", say("requests/s", "请求/秒"), say("output tok/s", "输出 token/秒"),
                    say("all tok/s", "总 token/秒"), say("answered", "完成"), say("failed", "失败"),
                    say("cancelled", "取消"), say("time", "时长"), say("prompt tokens", "提示词 token"),
                    say("own CPU", "自身 CPU"),
                ], rows: rows),
            plots: throughputPlots(say), remarks: remarks(say))
    }

    private func remarks(_ say: ReportLanguage) -> [String] {
        var remarks: [String] = []
        if entries.contains(where: { !$0.tellsUsage }) {
            remarks.append(
                say(
                    "A server does not tell how many tokens there were: pieces of text count as tokens.",
                    "有服务器不返回 token 用量：以文本片段计为 token。"))
        }
        let short = entries.reduce(0) { $0 + $1.summary.shortAnswers }
        if short > 0 {
            remarks.append(
                say(
                    "\(short) answers were shorter than asked for: the model ended them.",
                    "\(short) 个回答短于要求：模型自行结束。"))
        }
        if entries.contains(where: { $0.tellsUsage && $0.summary.eventsWithText < $0.summary.outputTokens * 9 / 10 }) {
            remarks.append(
                say(
                    "A server sends several tokens in one event: gaps are between events, and “per token” is the mean "
                        + "of each answer.",
                    "有服务器一次发送多个 token：“间隔”指事件之间，“每 token”为每个回答的平均值。"))
        }
        return remarks
    }

    /// Rates over the load, where one endpoint was tried under several.
    private func throughputPlots(_ say: ReportLanguage) -> [Plot] {
        let groups = Dictionary(grouping: entries, by: \.endpoint)
        guard groups.values.contains(where: { Set($0.map(\.level)).count > 1 }) else { return [] }
        let x = entries.contains { $0.isClosed } ? say("clients", "客户端数") : say("requests a second", "每秒请求")
        let marks = Set(entries.map(\.level)).sorted().map { (place: $0, text: Figures.plain($0)) }
        func plot(_ title: String, _ y: String, _ value: (LoadSummary) -> Double?) -> Plot {
            Plot(
                title, x: x, y: y, xMarks: marks,
                series: groups.keys.sorted().map { name in
                    Plot.Series(
                        name,
                        points: (groups[name] ?? []).sorted { $0.level < $1.level }.compactMap { entry in
                            value(entry.summary).map { Plot.Point(entry.level, $0) }
                        })
                })
        }
        return [
            plot(say("Output tokens", "输出 token"), say("tok/s", "token/秒")) { $0.outputTokensPerSecond },
            plot(say("First token, median", "首 token，中位数"), say("s", "秒")) { $0.firstToken?.p50 },
        ]
    }

    private func latencies(_ say: ReportLanguage) -> ReportDocument.Section {
        let kinds: [(String, (LoadSummary) -> LatencySummary?)] = [
            (say("first token", "首 token"), { $0.firstToken }),
            (say("between tokens", "token 间隔"), { $0.betweenTokens }),
            (say("per token", "每 token"), { $0.perToken }),
            (say("whole answer", "完整回答"), { $0.whole }),
        ]
        let rows = entries.flatMap { entry in
            kinds.map { name, value -> [String] in
                let cells =
                    value(entry.summary).map { [$0.p50, $0.p90, $0.p99, $0.max, $0.mean].map(Figures.seconds) }
                    ?? Array(repeating: "–", count: 5)
                return ["\(label(entry)): \(name)"] + cells
            }
        }
        let open = entries.contains { !$0.isClosed }
        return ReportDocument.Section(
            say("Latency", "延迟"),
            table: ReportTable(
                header: ["", "p50", "p90", "p99", say("max", "最大"), say("mean", "平均")], rows: rows),
            plots: [
                percentilePlot(say("First token by percentile", "首 token 延迟百分位"), say) { $0.firstToken },
                percentilePlot(say("Whole answer by percentile", "完整回答延迟百分位"), say) { $0.whole },
                percentilePlot(say("Between tokens by percentile", "token 间隔百分位"), say) { $0.betweenTokens },
                Plot(
                    say("First token over time", "首 token 随时间变化"), x: say("seconds into the load", "开始后的秒数"),
                    y: say("s", "秒"), isLogarithmic: true,
                    series: entries.map { Plot.Series(label($0), style: .dots, points: $0.summary.points) }),
            ],
            remarks: open
                ? [
                    say(
                        "Latencies of an open loop count from the planned arrival, sent late or not.",
                        "开环负载的延迟从计划到达时刻算起，无论是否晚发。")
                ] : [])
    }

    /// A latency over its percentile; the tail is stretched, as -log10(1 - p).
    private func percentilePlot(
        _ title: String, _ say: ReportLanguage, _ value: (LoadSummary) -> LatencySummary?
    ) -> Plot {
        func place(_ percentile: Double) -> Double { -log10(max(1 - percentile / 100, 0.0005)) }
        return Plot(
            title, x: say("percentile", "百分位"), y: say("s", "秒"),
            xMarks: [0, 50, 90, 99, 99.9].map { (place: place($0), text: Figures.plain($0)) }, isLogarithmic: true,
            series: entries.map { entry in
                let curve = value(entry.summary)?.curve ?? []
                return Plot.Series(
                    label(entry),
                    points: zip(LatencyRecorder.curve, curve).map { Plot.Point(place($0), $1) })
            })
    }

    private func failures(_ say: ReportLanguage) -> [ReportDocument.Section] {
        let rows = entries.flatMap { entry in
            entry.summary.failures.map { ["\(label(entry)): \($0.kind)", String($0.count), $0.example] }
        }
        guard !rows.isEmpty else { return [] }
        return [
            ReportDocument.Section(
                say("Failures", "失败"),
                table: ReportTable(header: ["", say("number", "次数"), say("first message", "首条消息")], rows: rows))
        ]
    }

    private func label(_ entry: Entry) -> String {
        Set(entries.map(\.endpoint)).count > 1 ? "\(entry.endpoint), \(entry.load)" : entry.load
    }
}
