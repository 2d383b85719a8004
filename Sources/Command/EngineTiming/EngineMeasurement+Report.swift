package import Reports

extension EngineMeasurement {
    /// The measurement as a report.
    package func document(language say: ReportLanguage, facts: [ReportDocument.Fact]) -> ReportDocument {
        var warnings: [String] = []
        if endedEarly { warnings.append(say("Ended early: these are the rounds until then.", "提前结束：以下为到此为止的轮次。")) }
        if isDisturbed {
            let load = Figures.digits(loadBefore)
            warnings.append(
                say(
                    "Other programs kept the machine busy (load \(load) before the start): repeat it when idle.",
                    "其他程序占用了机器（开始前负载 \(load)）：请在空闲时重测。"))
        }
        if readDrift > 1.25 {
            warnings.append(
                say(
                    "The machine's memory speed changed by a factor of \(Figures.digits(readDrift)) while this ran: "
                        + "do not trust shares of the read limit.",
                    "测量期间内存带宽变化了 \(Figures.digits(readDrift)) 倍：“读取上限占比”不可靠。"))
        }
        return ReportDocument(
            language: say, title: say("Engine benchmark: \(model)", "引擎基准：\(model)"), warnings: warnings,
            facts: facts, sections: [machineSection(say), modelSection(say)])
    }

    private func machineSection(_ say: ReportLanguage) -> ReportDocument.Section {
        func giga(_ value: Double, _ unit: String) -> String { "\(Figures.digits(value / 1e9)) G\(unit)" }
        let bytes = say("B/s", "B/s")
        let operations = say("op/s", "次/秒")
        return ReportDocument.Section(
            say("What this machine can do", "本机上限"),
            table: ReportTable(
                header: ["", say("1 thread", "1 线程"), say("\(limits.threads) threads", "\(limits.threads) 线程")],
                rows: [
                    [
                        say("memory read", "内存读取"), giga(limits.readOneThread, bytes),
                        giga(limits.readAllThreads, bytes),
                    ],
                    [
                        say("int8 dot products", "int8 点积"), giga(limits.int8OperationsOneThread, operations),
                        giga(limits.int8Operations, operations),
                    ],
                    [
                        say("float32 multiply-add", "float32 乘加"), giga(limits.floatOperationsOneThread, operations),
                        giga(limits.floatOperations, operations),
                    ],
                ]),
            remarks: [
                say(
                    "Instructions: \(limits.instructions). A multiplication and its addition are two operations.",
                    "指令集：\(limits.instructions)。一次乘法和一次加法计为两次运算。")
            ])
    }

    private func modelSection(_ say: ReportLanguage) -> ReportDocument.Section {
        ReportDocument.Section(
            say("What the model reaches", "模型实测"),
            table: ReportTable(
                header: [
                    "", say("tok/s (least – most)", "token/秒（最小 – 最大）"), say("read limit", "读取上限"),
                    say("int8 limit", "int8 上限"), say("of the nearer", "达到较近上限的"),
                ],
                rows: rows.map { row in
                    [
                        label(row, say), Figures.spread(row.median, row.rounds.min() ?? 0, row.rounds.max() ?? 0),
                        Figures.digits(row.readBound), Figures.digits(row.computeBound),
                        Figures.percent(row.share) + (row.isBoundByReading ? say(" (read)", "（读取）") : " (int8)"),
                    ]
                }),
            plots: [
                Plot(
                    say("Share of the nearer limit", "达到较近上限的比例"), x: "", y: "%",
                    xMarks: rows.enumerated().map { (place: Double($0), text: shortLabel($1)) },
                    series: [
                        Plot.Series(
                            model, style: .dots,
                            points: rows.enumerated().map { Plot.Point(Double($0), $1.share * 100) })
                    ])
            ],
            remarks: [
                say(
                    "The limits count what must be read (\(Figures.digits(Double(work.weightBytes) / 1e6)) MB of "
                        + "weights a step, keys and values) and computed, at the rates above. What fits the caches "
                        + "can be faster than the read limit.",
                    "上限按每步必须读取的数据（权重 \(Figures.digits(Double(work.weightBytes) / 1e6)) MB，以及键值）和运算量，"
                        + "除以上面的速率得出。能放进缓存的部分可能快于读取上限。")
            ])
    }

    private func label(_ row: Row, _ say: ReportLanguage) -> String {
        switch row.kind {
        case .prefill: say("prefill, \(row.tokens) tokens", "预填充，\(row.tokens) token")
        case .decode:
            say(
                "decode, \(row.sequences) \(row.sequences == 1 ? "sequence" : "sequences")",
                "解码，\(row.sequences) 个序列")
        }
    }

    private func shortLabel(_ row: Row) -> String {
        row.kind == .prefill ? "P\(row.tokens)" : "D×\(row.sequences)"
    }
}
