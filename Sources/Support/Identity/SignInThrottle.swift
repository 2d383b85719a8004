internal import Glibc

/// Slows down whoever guesses passwords: after a few failures each further attempt has to wait, twice as long each
/// time.
///
/// By name, so that many addresses cannot guess at one account; by address, so that one address cannot try a common
/// password on many. Pauses end by themselves soon enough that nobody can lock an owner out for good. An attempt counts
/// from its beginning, so that a thousand at the same moment are not all the first.
package struct SignInThrottle: Sendable {
    /// What one kind of key is allowed; times are in seconds.
    struct Policy: Sendable {
        /// Failures without a pause.
        var free: Int
        var longestPause: Int
        /// Without failures for so long, those before are forgotten.
        var memory: Int

        /// At most 1,500 guesses a day: a password of eight random letters lasts for millions of years.
        static let name = Policy(free: 5, longestPause: 60, memory: 3_600)
        /// A household or an office behind one address makes more mistakes than a person.
        static let address = Policy(free: 20, longestPause: 900, memory: 3_600)
        /// New accounts of an open site: a whole class signs up in one lesson, and a script makes 60 in an hour.
        static let signUp = Policy(free: 50, longestPause: 900, memory: 3_600)
    }

    fileprivate struct Failures {
        var count: Int
        var last: Int
    }

    fileprivate struct Table {
        let policy: Policy
        var failures: [String: Failures] = [:]
    }

    private let capacity: Int
    private var names = Table(policy: .name)
    private var addresses: Table

    package init(capacity: Int = Limits.throttledKeys) { self.init(capacity: capacity, address: .address) }

    init(capacity: Int = Limits.throttledKeys, address: Policy) {
        self.capacity = capacity
        addresses = Table(policy: address)
    }

    /// Whether somebody may try now; nil: yes, and it counts as a failure until it succeeds. Otherwise the seconds to
    /// wait, and nothing is counted.
    ///
    /// - Parameter name: As it is compared; nil: what is tried has no name.
    package mutating func attempt(name: String?, address: String, now: Int) -> Int? {
        let address = Self.network(of: address)
        let pause = max(name.map { names.pause($0, now: now) } ?? 0, addresses.pause(address, now: now))
        guard pause == 0 else { return pause }
        if let name { names.count(name, now: now, capacity: capacity) }
        addresses.count(address, now: now, capacity: capacity)
        return nil
    }

    /// The attempt succeeded: the name's failures are forgotten. The address's remain, or guessers would sign in to an
    /// account of their own from time to time.
    package mutating func succeeded(name: String?, address: String) {
        if let name { names.failures[name] = nil }
        addresses.takeBack(Self.network(of: address))
    }

    /// The attempt was not carried out.
    package mutating func withdraw(name: String?, address: String) {
        if let name { names.takeBack(name) }
        addresses.takeBack(Self.network(of: address))
    }

    /// Names and addresses that are remembered.
    package var count: Int { names.failures.count + addresses.failures.count }

    /// Of an IPv6 address the first 64 bits, since whoever has one has all that begin so.
    private static func network(of address: String) -> String {
        var bytes = in6_addr()
        guard address.contains(":"), inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        let words = withUnsafeBytes(of: bytes) { Array($0) }
        if words.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] {
            return words.suffix(4).map(String.init).joined(separator: ".")
        }
        return words.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}

extension SignInThrottle.Table {
    /// Seconds to wait; 0: none.
    func pause(_ key: String, now: Int) -> Int {
        guard let failures = failures[key], !isForgotten(failures, now: now), failures.count >= policy.free else {
            return 0
        }
        // 2^20 seconds are beyond every longest pause.
        let pause = min(policy.longestPause, 1 << min(failures.count - policy.free, 20))
        // A clock that was set back makes nobody wait for longer.
        return min(max(0, failures.last + pause - now), pause)
    }

    mutating func count(_ key: String, now: Int, capacity: Int) {
        if failures[key] == nil, failures.count >= capacity { makeRoom(now: now, capacity: capacity) }
        let before = failures[key].flatMap { isForgotten($0, now: now) ? nil : $0.count } ?? 0
        failures[key] = .init(count: before + 1, last: now)
    }

    mutating func takeBack(_ key: String) {
        guard let known = failures[key] else { return }
        if known.count > 1 { failures[key]?.count -= 1 } else { failures[key] = nil }
    }

    private func isForgotten(_ failures: SignInThrottle.Failures, now: Int) -> Bool {
        now - failures.last >= policy.memory
    }

    /// Drops what is forgotten; if that is too little, the quarter with the fewest and oldest failures, so that a flood
    /// of invented names does not wash out the one that is being attacked.
    private mutating func makeRoom(now: Int, capacity: Int) {
        failures = failures.filter { !isForgotten($0.value, now: now) }
        guard failures.count > capacity * 3 / 4 else { return }
        let order = failures.sorted { ($0.value.count, $0.value.last) < ($1.value.count, $1.value.last) }
        for (key, _) in order.prefix(max(1, failures.count - capacity * 3 / 4)) { failures[key] = nil }
    }
}
