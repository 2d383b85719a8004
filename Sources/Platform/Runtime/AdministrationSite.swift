import Foundation
package import Gateway
import Identity
import Instances
import Metering
import OpenAIAPI

/// The platform's own API under /api/admin: what `pronk status`, `wake` and `explain` ask, and the pages of
/// administrators.
package struct AdministrationSite: SiteHandler {
    /// The bill since a time that people write: `7d`, `today`, `2026-11-01`.
    package typealias Billing = @Sendable (_ since: String) throws -> BillReport

    private let platform: Platform
    private let logs: InstanceLogs
    private let bill: Billing
    private let version: String

    package init(platform: Platform, dataFolder: String, version: String, bill: @escaping Billing) {
        self.platform = platform
        logs = InstanceLogs(dataFolder: dataFolder)
        self.version = version
        self.bill = bill
    }

    package func respond(to request: SiteRequest) async -> SiteResponse {
        do {
            return try answer(request)
        } catch let error as APIError {
            return refusal(error, request)
        } catch let error as MeteringError {
            return refusal(APIError(.invalidValue, error.message, param: "since"), request)
        } catch {
            return refusal(APIError(.internalError, "The platform failed: \(error)"), request)
        }
    }

    private func answer(_ request: SiteRequest) throws -> SiteResponse {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.starts(with: ["api", "admin"]) else { throw unknown(request) }
        guard let caller = request.caller else { throw unknownCaller() }
        guard caller.scopes.contains(.admin) else { throw forbidden() }
        let what = Array(parts.dropFirst(2))
        switch (request.method, what.first, what.count) {
        case ("GET", "status", 1): return try json(platform.status(version: version))
        case ("GET", "history", 1): return try json(platform.history(minutes: try number("minutes", 60, request)))
        case ("GET", "bill", 1): return try json(bill(query("since", request) ?? "7d"))
        case ("GET", "requests", 2):
            guard let story = platform.explanation(named: what[1]) else {
                throw APIError(.unknownURL, "No request '\(what[1].prefix(100))' is known to the platform any more.")
            }
            return try json(story)
        case (_, "services", 3): return try answer(request, service: what[1], what[2])
        default: throw unknown(request)
        }
    }

    private func answer(_ request: SiteRequest, service: String, _ verb: String) throws -> SiteResponse {
        guard platform.has(service) else {
            throw APIError(.modelNotFound, "There is no service '\(service.prefix(100))'.")
        }
        switch (request.method, verb) {
        case ("POST", "wake"): platform.wake(service)
        case ("POST", "stop"): platform.stop(service)
        case ("POST", "start"): platform.start(service)
        case ("GET", "logs"):
            let count = min(try number("lines", 200, request), Limits.logLines)
            let instances = logs.newest(of: service, Limits.logsOfService).map { number in
                LogsReport.Instance(id: "\(service)-\(number)", lines: logs.tail(of: service, number).last(count))
            }
            return try json(LogsReport(instances: instances))
        default: throw unknown(request)
        }
        return SiteResponse(status: 202)
    }

    private struct LogsReport: Encodable {
        struct Instance: Encodable {
            var id: String
            /// Oldest first.
            var lines: [String]
        }
        /// The youngest first.
        var instances: [Instance]
    }

    private func query(_ name: String, _ request: SiteRequest) -> String? {
        URLComponents(string: "?" + (request.query ?? ""))?.queryItems?.first { $0.name == name }?.value
    }

    private func number(_ name: String, _ standard: Int, _ request: SiteRequest) throws -> Int {
        guard let text = query(name, request) else { return standard }
        guard let number = Int(text), 1...100_000 ~= number else {
            throw APIError(.invalidValue, "'\(name)' must be a whole number from 1 to 100000.", param: name)
        }
        return number
    }

    private func json(_ body: some Encodable) throws -> SiteResponse {
        SiteResponse(
            headers: [("content-type", "application/json"), ("cache-control", "no-store")],
            body: .bytes(try JSONBody.encode(body)))
    }

    private func refusal(_ error: APIError, _ request: SiteRequest) -> SiteResponse {
        SiteResponse(
            status: error.status, headers: [("content-type", "application/json")],
            body: .bytes(error.body(requestID: request.id)))
    }

    private func unknown(_ request: SiteRequest) -> APIError {
        APIError(.unknownURL, "There is no \(request.method) \(request.path.prefix(100)) here.")
    }

    private func unknownCaller() -> APIError {
        APIError(
            .missingKey,
            "The platform's API asks for a key: `pronk key create --scope admin` makes one. The commands on this "
                + "machine need none.")
    }

    private func forbidden() -> APIError {
        APIError(.missingScope, "This needs a key with the scope 'admin': `pronk key create --scope admin` makes one.")
    }
}
