import ArgumentParser
import Foundation
import Runtime
import Terminal

/// `pronk wake`: an instance of a service, before anybody asks it something.
struct WakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wake",
        abstract: "Start an instance of a service and wait until it is ready.",
        discussion: "It stays for the service's idle time.")

    @Argument(help: "The service's name in pronk.yaml.")
    var service: String

    @Flag(help: "Return at once.")
    var noWait = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await AdminClient.with(data) { client in
            let name = service.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? service
            let start = ContinuousClock.now
            _ = try await client.send("POST", "/api/admin/services/\(name)/wake")
            while !noWait {
                let report = try await client.get("/api/admin/status", as: StatusReport.self)
                guard let state = report.services.first(where: { $0.name == service }) else { return }
                if state.state == "ready" {
                    let seconds = (ContinuousClock.now - start) / .seconds(1)
                    StandardError.write("\(service) is ready after \(StatusView.age(seconds)).\n")
                    return
                }
                if state.state == "failing", let failure = state.lastFailure { throw CommandError(failure) }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
