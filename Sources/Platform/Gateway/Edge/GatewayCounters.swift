import NIOCore
import Observability
import Synchronization

/// The gateway's own metrics.
final class GatewayCounters: Sendable {
    private struct Key: Hashable {
        var service: String
        var status: Int
        var error: String
    }

    private struct Counts {
        var requests: [Key: Int] = [:]
        var duration = Histogram(bounds: GatewayMetricFamilies.seconds)
        var waited = Histogram(bounds: GatewayMetricFamilies.seconds)
        var timeToFirstToken = Histogram(bounds: GatewayMetricFamilies.seconds)
        var promptTokens = 0
        var generatedTokens = 0
    }

    private let counts = Mutex(Counts())
    let connections = Atomic<Int>(0)
    let refusedConnections = Atomic<Int>(0)
    let inFlight = Atomic<Int>(0)
    let losses = Atomic<Int>(0)

    func record(_ record: AccessRecord, duration: TimeAmount) {
        counts.withLock { counts in
            var key = Key(service: record.service ?? "", status: record.status, error: record.error ?? "")
            // Names of services come from our own settings alone; this bounds what many reloads leave behind.
            if counts.requests.count > Limits.countedServices { key.service = "" }
            counts.requests[key, default: 0] += 1
            counts.duration.observe(duration.seconds)
            if let waited = record.waited { counts.waited.observe(waited.seconds) }
            if let first = record.timeToFirstToken { counts.timeToFirstToken.observe(first.seconds) }
            counts.promptTokens += record.promptTokens
            counts.generatedTokens += record.generatedTokens
        }
    }

    func text() -> String {
        let counts = counts.withLock { $0 }
        var page = PrometheusText()
        page.open(GatewayMetricFamilies.requests)
        let sorted = counts.requests.sorted {
            ($0.key.service, $0.key.status, $0.key.error) < ($1.key.service, $1.key.status, $1.key.error)
        }
        for (key, count) in sorted {
            page.sample(
                GatewayMetricFamilies.requests.name, Double(count),
                ["service": key.service, "status": "\(key.status)", "code": key.error])
        }
        page.add(GatewayMetricFamilies.duration, counts.duration)
        page.add(GatewayMetricFamilies.waited, counts.waited)
        page.add(GatewayMetricFamilies.timeToFirstToken, counts.timeToFirstToken)
        page.add(GatewayMetricFamilies.promptTokens, Double(counts.promptTokens))
        page.add(GatewayMetricFamilies.generatedTokens, Double(counts.generatedTokens))
        page.add(GatewayMetricFamilies.losses, Double(losses.load(ordering: .relaxed)))
        page.add(GatewayMetricFamilies.inFlight, Double(inFlight.load(ordering: .relaxed)))
        page.add(GatewayMetricFamilies.connections, Double(connections.load(ordering: .relaxed)))
        page.add(GatewayMetricFamilies.refusedConnections, Double(refusedConnections.load(ordering: .relaxed)))
        return page.text
    }
}

/// Names and meanings of the gateway's metrics.
private enum GatewayMetricFamilies {
    typealias Family = PrometheusText.Family

    static let requests = Family(
        "pronk_gateway_requests_total", .counter, "Answered requests by service, status and error code.")
    static let duration = Family(
        "pronk_gateway_request_seconds", .histogram, "From a request's arrival to the end of its answer.")
    static let waited = Family(
        "pronk_gateway_wait_seconds", .histogram, "From a model call's arrival until an instance got it.")
    static let timeToFirstToken = Family(
        "pronk_gateway_time_to_first_token_seconds", .histogram, "From a model call's arrival to its first token.")
    static let promptTokens = Family("pronk_gateway_prompt_tokens_total", .counter, "Prompt tokens of answers.")
    static let generatedTokens = Family("pronk_gateway_generated_tokens_total", .counter, "Tokens of answers.")
    static let losses = Family(
        "pronk_gateway_instance_losses_total", .counter, "Times that an instance failed a request.")
    static let inFlight = Family("pronk_gateway_requests_in_flight", .gauge, "Requests that are being answered.")
    static let connections = Family("pronk_gateway_connections", .gauge, "Open client connections.")
    static let refusedConnections = Family(
        "pronk_gateway_refused_connections_total", .counter, "Connections beyond the limit.")

    static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
    ]
}
