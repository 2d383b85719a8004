import ArgumentParser
import Foundation
import Metering
import Runtime
import Terminal

/// `pronk explain`: why a request waited, where it went, and what it took.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell the story of one request.",
        discussion: """
            The id is in the answer's x-request-id header and in every error. The platform keeps the stories of its last
            requests; of older ones the ledger's line is shown.
            """)

    @Argument(help: "The request's id.")
    var request: String

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        var report = try await story()
        if report == nil, let database = try data.existingDatabase() {
            report = try Ledger.request(request, in: database).map(ExplainReport.init)
        }
        guard let report else {
            throw CommandError("No request '\(request)' is known here: neither to the platform nor to the ledger.")
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            let rows = report.steps.map { [$0.at.map(StatusView.age) ?? "", $0.text] }
            print("\(report.id), from \(report.caller)\n\n" + TextTable.lines(rows, right: [0]))
        }
    }

    /// nil when no platform runs, or when it has forgotten.
    private func story() async throws -> ExplainReport? {
        let name = request.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? request
        return try? await AdminClient.with(data) {
            try await $0.get("/api/admin/requests/\(name)", as: ExplainReport.self)
        }
    }
}
