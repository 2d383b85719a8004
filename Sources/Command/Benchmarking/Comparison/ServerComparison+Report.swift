import Foundation
package import Reports
import Terminal

extension ServerComparison {
    package func document(
        language say: ReportLanguage, facts: [ReportDocument.Fact], endedEarly: Bool
    ) -> ReportDocument {
        var warnings: [String] = []
        if endedEarly { warnings.append(say("Ended early: these are the rounds until then.", "提前结束：以下为到此为止的轮次。")) }
        for name in names {
            let mine = cells.filter { $0.endpoint == name }
            let failed = mine.reduce(0) { $0 + $1.summary.failed }
            let all = failed + mine.reduce(0) { $0 + $1.summary.answered }
            guard failed > 0 else { continue }
            let example = mine.flatMap(\.summary.failures).first.map { ": \($0.kind), \($0.example)" } ?? ""
            warnings.append(
                say(
                    "\(name): \(failed) of \(all) requests failed\(example)",
                    "\(name)：\(all) 个请求中有 \(failed) 个失败\(example)"))
        }
        return ReportDocument(
            language: say, title: say("Comparison: ", "对比：") + names.joined(separator: ", "), warnings: warnings,
            facts: facts, sections: loads.map { section($0, say) })
    }

    private func section(_ load: String, _ say: ReportLanguage) -> ReportDocument.Section {
        let rows = names.map { name -> [String] in
            let memory = memory(name, load)
            return [
                name, cell(values(name, load) { $0.whole?.mean }, Figures.seconds),
                cell(values(name, load) { $0.answered > 0 ? $0.requestsPerSecond : nil }, Figures.digits),
                memory.map { TextTable.bytes($0.proportional) } ?? "–",
                memory.map { TextTable.bytes($0.peak) } ?? "–",
                cell(values(name, load) { $0.answered > 0 ? $0.outputTokensPerSecond : nil }, Figures.digits),
                cell(values(name, load) { $0.firstToken?.p50 }, Figures.seconds),
                cell(values(name, load) { $0.whole?.p99 }, Figures.seconds),
                ratioCell(name, load) { $0.answered > 0 ? $0.requestsPerSecond : nil },
                ratioCell(name, load) { $0.whole?.mean },
                String(cells.filter { $0.endpoint == name && $0.load == load }.reduce(0) { $0 + $1.summary.failed }),
            ]
        }
        return ReportDocument.Section(
            load,
            table: ReportTable(
                header: [
                    "", say("mean latency", "平均延迟"), "QPS", say("memory (PSS)", "内存 (PSS)"),
                    say("peak RSS", "RSS 峰值"), say("tok/s", "token/秒"), say("first token p50", "首 token p50"),
                    say("latency p99", "延迟 p99"), say("QPS ratio", "QPS 比"), say("latency ratio", "延迟比"),
                    say("failed", "失败"),
                ], rows: rows),
            plots: plots(load, say),
            remarks: [
                say(
                    "Medians of the rounds. Ratios are to \(names.first ?? ""): of the medians, and in brackets the "
                        + "least and the most of the rounds.",
                    "各轮的中位数。比值以 \(names.first ?? "") 为基准：为中位数之比，括号内为各轮的最小与最大。")
            ])
    }

    /// Each round of each endpoint: what moved with the machine and what did not is seen at a glance.
    private func plots(_ load: String, _ say: ReportLanguage) -> [Plot] {
        func plot(_ title: String, _ y: String, _ value: (LoadSummary) -> Double?) -> Plot {
            Plot(
                title, x: say("round", "轮次"), y: y,
                xMarks: Set(cells.map(\.round)).sorted().map { (place: Double($0), text: String($0 + 1)) },
                series: names.map { name in
                    Plot.Series(
                        name,
                        points: cells.filter { $0.endpoint == name && $0.load == load }.compactMap { cell in
                            value(cell.summary).map { Plot.Point(Double(cell.round), $0) }
                        })
                })
        }
        return [
            plot(say("Mean latency", "平均延迟"), say("s", "秒")) { $0.whole?.mean },
            plot("QPS", say("requests/s", "请求/秒")) { $0.answered > 0 ? $0.requestsPerSecond : nil },
        ]
    }

    private func cell(_ values: [Double], _ format: (Double) -> String) -> String {
        Repetitions.median(values).map(format) ?? "–"
    }

    private func ratioCell(_ name: String, _ load: String, _ value: (LoadSummary) -> Double?) -> String {
        if name == names.first { return "1" }
        return ratio(name, load, value).map { Figures.spread($0.median, $0.least, $0.most) } ?? "–"
    }
}
