import Synchronization

/// Bounds the bodies that all connections together hold, and those of one address: whoever sends a thousand large
/// bodies and never ends them would have the gateway's memory, with or without a key.
final class BodyBudget: Sendable {
    private struct State {
        var total = 0
        var addresses: [String: Int] = [:]
    }
    private let state = Mutex(State())

    /// - Returns: whether there is room for so many bytes more. Each that was taken is given back once.
    func take(_ bytes: Int, for address: String) -> Bool {
        state.withLock { state in
            let held = state.addresses[address, default: 0]
            guard state.total + bytes <= Limits.heldBodyBytes, held + bytes <= Limits.heldBodyBytesOfAddress else {
                return false
            }
            state.total += bytes
            state.addresses[address] = held + bytes
            return true
        }
    }

    func giveBack(_ bytes: Int, of address: String) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.total -= bytes
            let held = state.addresses[address, default: 0] - bytes
            state.addresses[address] = held > 0 ? held : nil
        }
    }
}
