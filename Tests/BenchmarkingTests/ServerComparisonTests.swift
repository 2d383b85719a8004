import Benchmarking
import Foundation
import TestSupport
import Testing

@Suite("Comparing servers")
struct ServerComparisonTests {
    /// A load of one answer that took so long.
    private func summary(seconds: Double) throws -> LoadSummary {
        var plan = LoadPlan(LoadSettings(arrivals: .clients(1)))
        let planned = plan.request(now: 0)
        var tally = LoadTally(start: 0, isClosed: true)
        tally.add(
            Exchange(
                request: try #require(planned), planned: 0, sent: 0, ended: UInt64(seconds * 1e9),
                outcome: .answered, reader: AnswerReader()))
        return tally.summary(processorSeconds: 0, endedEarly: false)
    }

    private func comparison(_ rounds: [(a: Double, b: Double)]) throws -> ServerComparison {
        var comparison = ServerComparison(names: ["a", "b"])
        for (round, times) in rounds.enumerated() {
            for (name, seconds) in [("a", times.a), ("b", times.b)] {
                comparison.cells.append(
                    ServerComparison.Cell(
                        endpoint: name, load: "1 client", level: 1, round: round,
                        summary: try summary(seconds: seconds), memory: nil))
            }
        }
        return comparison
    }

    @Test("who begins alternates")
    func order() {
        #expect(ServerComparison.order(["a", "b", "c"], round: 0) == ["a", "b", "c"])
        #expect(ServerComparison.order(["a", "b", "c"], round: 1) == ["c", "b", "a"])
    }

    @Test("the ratio is that of the medians, its spread that of the rounds")
    func ratios() throws {
        let comparison = try comparison([(a: 10, b: 5), (a: 20, b: 5), (a: 8, b: 8)])
        let ratio = try #require(comparison.ratio("b", "1 client") { $0.seconds })
        #expect(ratio.median == 0.5 && ratio.least == 0.25 && ratio.most == 1)
        #expect(comparison.ratio("c", "1 client") { $0.seconds } == nil)
    }

    @Test("a round that one of the two did not finish counts for neither")
    func incomplete() throws {
        var comparison = try comparison([(a: 10, b: 5), (a: 1, b: 100)])
        comparison.cells.removeLast()
        let ratio = try #require(comparison.ratio("b", "1 client") { $0.seconds })
        #expect(ratio.median == 0.5 && ratio.least == 0.5 && ratio.most == 0.5)
    }

    @Test("memory is summed over a process and its children, each once")
    func memory() throws {
        let folder = try TemporaryFolder()
        func process(_ number: Int, rss: Int, pss: Int?, children: String) throws {
            for part in ["/\(number)", "/\(number)/task", "/\(number)/task/\(number)"] {
                try makeFolder(folder.file(String(part.dropFirst())))
            }
            _ = try folder.write(
                Array("Name: x\nVmHWM:\t \(rss * 2) kB\nVmRSS:\t \(rss) kB\n".utf8), to: "\(number)/status")
            if let pss {
                _ = try folder.write(Array("Rss: 1 kB\nPss:   \(pss) kB\n".utf8), to: "\(number)/smaps_rollup")
            }
            _ = try folder.write(Array(children.utf8), to: "\(number)/task/\(number)/children")
        }
        try process(10, rss: 100, pss: 60, children: "11 12 ")
        try process(11, rss: 50, pss: 20, children: "")
        try process(12, rss: 7, pss: nil, children: "11")
        let memory = try #require(ProcessMemory.ofTree(10, procfs: folder.path))
        #expect(memory.resident == 157 * 1024)
        #expect(memory.peak == 314 * 1024)
        #expect(memory.proportional == 87 * 1024)
        #expect(ProcessMemory.ofTree(99, procfs: folder.path) == nil)
    }

    @Test("progress is rewritten on a terminal and rare elsewhere")
    func progress() {
        let start = ContinuousClock.now
        var terminal = ProgressDisplay(isTerminal: true)
        #expect(terminal.update("a", now: start) == "\ra\u{1B}[K")
        #expect(terminal.update("b", now: start + .milliseconds(50)) == nil)
        #expect(terminal.update("c", now: start + .milliseconds(250)) == "\rc\u{1B}[K")
        #expect(terminal.end() == "\r\u{1B}[K" && terminal.end() == nil)
        var file = ProgressDisplay(isTerminal: false)
        #expect(file.update("a", now: start) == "a\n")
        #expect(file.update("b", now: start + .seconds(9)) == nil)
        #expect(file.update("c", now: start + .seconds(10)) == "c\n")
        #expect(file.end() == nil)
    }
}

private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}
