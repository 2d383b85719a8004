import ArgumentParser
import Foundation
import Glibc
import Reports

extension ReportLanguage: ExpressibleByArgument {}

/// Where a benchmark's report goes beside standard output.
struct BenchOutput: ParsableArguments {
    @Option(help: ArgumentHelp("Write all figures as JSON to this file; - is standard output.", valueName: "file"))
    var json: String?

    @Option(
        help: ArgumentHelp(
            "Write a page with plots, which needs nothing else, to this file; - is standard output.",
            valueName: "file"))
    var html: String?

    @Option(help: "The report's language: en or zh.")
    var language = ReportLanguage.english

    func validate() throws {
        guard json != "-" || html != "-" else {
            throw ValidationError("Only one of --json and --html can be standard output: name a file for the other.")
        }
    }

    /// Throws if a file cannot be written: better now than after an hour. Leaves none behind, lest the run fails.
    func check() throws {
        for path in [json, html].compactMap({ $0 }) where path != "-" {
            var status = stat()
            let isNew = lstat(path, &status) != 0
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw CommandError(
                    "\(path) cannot be written (\(String(cString: strerror(errno)))): name another file.")
            }
            close(descriptor)
            if isNew { unlink(path) }
        }
    }

    /// Everything beside a measurement's own figures.
    private struct Envelope<Result: Encodable>: Encodable {
        var pronk: String
        var kind: String
        var date: String
        var machine: String
        var command: [String]
        var result: Result
    }

    /// Prints the report and writes its files.
    func write(_ document: ReportDocument, kind: String, result: some Encodable) throws {
        if json != "-", html != "-" { print(ReportText.text(document)) }
        if let html { try Self.put(ReportPage.html(document), in: html) }
        guard let json else { return }
        let text = try ModelRecord.json(
            Envelope(
                pronk: Pronk.configuration.version, kind: kind, date: Self.now, machine: Self.machine,
                command: Self.command, result: result))
        try Self.put(text + "\n", in: json)
    }

    private static func put(_ text: String, in path: String) throws {
        if path == "-" {
            print(text, terminator: "")
        } else {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    /// What every report says of its origin.
    var facts: [ReportDocument.Fact] {
        [
            ReportDocument.Fact(language("machine", "机器"), Self.machine),
            ReportDocument.Fact(language("measured", "时间"), Self.now),
            ReportDocument.Fact(language("command", "命令"), Self.command.joined(separator: " ")),
            ReportDocument.Fact("pronk", Pronk.configuration.version),
        ]
    }

    private static var now: String { Date().formatted(.iso8601) }

    /// The command line, without what it says of keys.
    private static var command: [String] {
        var words = CommandLine.arguments
        for index in words.indices {
            for option in ["--key", "--key-of"] {
                if words[index].hasPrefix(option + "=") { words[index] = option + "=…" }
                if index > 0, words[index - 1] == option { words[index] = "…" }
            }
        }
        return ["pronk"] + words.dropFirst()
    }

    private static var machine: String {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return "\(name ?? "processor"), \(cores) \(cores == 1 ? "core" : "cores")"
    }
}
