package import Control
import Foundation
package import Metering

/// Writes the platform's history into the ledger.
package struct LedgerSink: PlatformSink {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    package func settle(_ request: SettledRequest) {
        let (usage, outcome, status, first) = Self.outcome(request.outcome)
        ledger.append(
            RequestEntry(
                id: request.name, service: request.service, caller: request.tenant,
                instance: request.instance?.description, time: Date().timeIntervalSince1970, outcome: outcome,
                status: status, promptTokens: usage.prompt, cachedTokens: usage.cached,
                generatedTokens: usage.generated, wastedTokens: usage.wasted, waited: request.waited.seconds,
                timeToFirstToken: first?.seconds, duration: request.duration.seconds, attempts: request.attempts))
    }

    package func change(_ instance: InstanceID, from: InstanceState, to: InstanceState) {
        let phase: SpanRecorder.Phase =
            switch to {
            case .starting: .starting
            case .ready: .ready
            case .draining: .draining
            case .stopped, .failed: .ended
            }
        ledger.instance(instance.description, of: instance.service, became: phase)
    }

    package func occupy(_ instance: InstanceID, _ isBusy: Bool) {
        ledger.instance(instance.description, isBusy: isBusy)
    }

    /// What the ledger calls the outcome, and the status that the client got.
    private static func outcome(_ outcome: RequestOutcome) -> (TokenUsage, String, Int, Duration?) {
        switch outcome {
        case .completed(let usage, let status, let first): (usage, "completed", status, first)
        case .clientGone(let usage): (usage, "client_gone", 499, nil)
        case .failed(let usage, let code): (usage, code, 503, nil)
        }
    }
}
