import ArgumentParser
import Foundation
import Glibc
import Runtime

/// `pronk status`: services and instances, live on a terminal.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show services, instances, queues and speed.",
        discussion: "On a terminal the page is renewed every second until Ctrl+C; otherwise it is printed once.")

    @Flag(help: "Print once and end.")
    var once = false

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await AdminClient.with(data) { client in
            if json {
                print(String(decoding: try await client.send("GET", "/api/admin/status"), as: UTF8.self))
                return
            }
            let isLive = !once && isatty(STDOUT_FILENO) == 1
            repeat {
                let text = StatusView.text(try await client.get("/api/admin/status", as: StatusReport.self))
                // Home, the page, and away with what an earlier page left below.
                print(isLive ? "\u{1B}[H\u{1B}[2J\(text)" : text)
                if isLive { try await Task.sleep(for: .seconds(1)) }
            } while isLive
        }
    }
}
