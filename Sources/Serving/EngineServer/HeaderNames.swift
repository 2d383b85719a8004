import HTTPTypes

extension HTTPField.Name {
    static let requestID = known("X-Request-Id")
    /// Asks nginx and its kin not to buffer.
    static let accelBuffering = known("X-Accel-Buffering")

    /// For names that are valid tokens by sight; `via` is never reached.
    private static func known(_ name: StaticString) -> HTTPField.Name { HTTPField.Name("\(name)") ?? .via }
}
