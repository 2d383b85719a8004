/// Decides when the server drains and when it closes.
///
/// | state | shutdown requested | lease closed, server ended | drained, grace ended |
/// | --- | --- | --- | --- |
/// | serving | drain | close | – |
/// | draining | – | close | close |
package struct ServerLife: Sendable, Equatable {
    package enum Event: Sendable, CaseIterable {
        case shutdownRequested
        /// The owner has died: nobody waits for the answers any more.
        case leaseClosed
        /// Nothing is in flight any more.
        case drained
        /// Requests in flight have had their time.
        case graceEnded
        /// The port could not be opened, or was closed from below.
        case serverEnded
    }

    package enum Action: Sendable, Equatable {
        case none
        /// Refuse what is new and wait for the rest.
        case drain
        /// Cancel what is in flight, close all connections.
        case close
    }

    private var isDraining = false

    package init() {}

    package mutating func handle(_ event: Event) -> Action {
        switch event {
        case .shutdownRequested:
            guard !isDraining else { return .none }
            isDraining = true
            return .drain
        case .leaseClosed, .serverEnded: return .close
        case .drained, .graceEnded: return isDraining ? .close : .none
        }
    }
}
