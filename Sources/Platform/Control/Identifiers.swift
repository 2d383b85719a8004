/// One request, numbered by the process that accepted it; its text form is the gateway's business.
package struct RequestID: Hashable, Sendable, Comparable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One instance of a service; numbers are never used twice, also across restarts of the platform.
package struct InstanceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var service: String
    package var number: Int
    package init(service: String, number: Int) {
        self.service = service
        self.number = number
    }
    package var description: String { "\(service)-\(number)" }
    package static func < (a: Self, b: Self) -> Bool { (a.service, a.number) < (b.service, b.number) }
}
