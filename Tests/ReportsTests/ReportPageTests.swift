import Reports
import Testing

@Suite("Reports as pages and as text")
struct ReportPageTests {
    /// Names as a hostile server or a careless command line gives them.
    private static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)",
        "a&b</title><svg/onload=1>",
        "\u{202e}gnp.exe", "\u{1b}[31mred\u{7}",
    ]

    private func document(_ name: String, language: ReportLanguage = .english) -> ReportDocument {
        ReportDocument(
            language: language, title: name, warnings: [name], facts: [ReportDocument.Fact(name, name)],
            sections: [
                ReportDocument.Section(
                    name, table: ReportTable(header: ["", name], rows: [[name, name]]),
                    plots: [
                        Plot(
                            name, x: name, y: name, xMarks: [(0, name), (1, name)],
                            series: [Plot.Series(name, points: [Plot.Point(0, 1), Plot.Point(1, 2)])])
                    ], remarks: [name])
            ])
    }

    @Test("a hostile name opens no element, closes no attribute and turns no text", arguments: hostile)
    func escapes(name: String) {
        let page = ReportPage.html(document(name))
        #expect(!page.contains(name))
        let harmless = ReportPage.html(document("name"))
        // The same elements, whatever the name says.
        func elements(_ page: String) -> [Substring] {
            page.split(separator: "<").map { $0.prefix { $0 != " " && $0 != ">" } }
        }
        #expect(elements(page) == elements(harmless))
        #expect(page.count { $0 == "\"" } == harmless.count { $0 == "\"" })
        #expect(!page.unicodeScalars.contains { $0.value == 0x202e || $0.value == 0x1b })
    }

    @Test("the page needs nothing from outside and runs no script")
    func selfContained() {
        let page = ReportPage.html(document("name"))
        for word in ["<script", "http://", "https://", "src=", "href=", "@import", "url("] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains("default-src 'none'"))
        #expect(page.contains("<svg"))
        #expect(ReportPage.html(document("name", language: .chinese)).contains("lang=\"zh-CN\""))
    }

    @Test("text holds no character that steers a terminal or turns a line around")
    func text() {
        let text = ReportText.text(document("\u{1b}[31mred\u{7}\u{9b}2J\u{2066}\u{202e}gnp\u{61c}\u{2028}.exe"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value) })
        #expect(text.contains("[31mred  2J  gnp  .exe"))
    }

    @Test("a plot of nothing, of one point and of wild numbers is still a plot")
    func oddPlots() {
        for points in [[], [Plot.Point(3, 0)], [Plot.Point(0, .infinity), Plot.Point(1, .nan)], [Plot.Point(0, -5)]] {
            for isLogarithmic in [false, true] {
                let plot = Plot(
                    "p", x: "x", y: "y", isLogarithmic: isLogarithmic, series: [Plot.Series("s", points: points)])
                let page = ReportPage.html(
                    ReportDocument(
                        language: .english, title: "t", sections: [ReportDocument.Section("h", plots: [plot])]))
                #expect(!page.contains("nan") && !page.contains("inf"), "\(points)")
                #expect(page.contains("</svg>"))
            }
        }
    }

    @Test("points stand where their numbers say")
    func places() {
        let plot = Plot(
            "p", x: "x", y: "y", xMarks: [(0, "0"), (10, "10")],
            series: [
                Plot.Series("s", style: .dots, points: [Plot.Point(0, 0), Plot.Point(5, 50), Plot.Point(10, 100)])
            ])
        let page = ReportPage.html(
            ReportDocument(language: .english, title: "t", sections: [ReportDocument.Section("h", plots: [plot])]))
        // Left at 58, right at 480 - 14; bottom at 300 - 44, top at 12.
        #expect(page.contains("cx=\"58.0\" cy=\"256.0\""))
        #expect(page.contains("cx=\"262.0\" cy=\"134.0\""))
        #expect(page.contains("cx=\"466.0\" cy=\"12.0\""))
    }

    @Test("numbers have three digits and their unit")
    func figures() {
        #expect(Figures.seconds(0.00042) == "0.42 ms")
        #expect(Figures.seconds(0.0123) == "12.3 ms")
        #expect(Figures.seconds(1.239) == "1.24 s")
        #expect(Figures.digits(9.996) == "10.0")
        #expect(Figures.digits(1234.4) == "1234")
        #expect(Figures.percent(0.123) == "12.3 %")
        #expect(Figures.digits(.nan) == "–")
        #expect(Figures.spread(1.3, 1, 2) == "1.30 (1.00 – 2.00)")
    }

    @Test("medians of odd, even and no repetitions")
    func medians() {
        #expect(Repetitions.median([3, 1, 2]) == 2)
        #expect(Repetitions.median([4, 1, 2, 3]) == 2.5)
        #expect(Repetitions.median([]) == nil)
    }
}
