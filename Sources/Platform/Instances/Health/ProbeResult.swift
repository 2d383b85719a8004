/// What one look at an instance's health showed.
package enum ProbeResult: Sendable, Equatable {
    case healthy
    /// It answered otherwise.
    case status(Int)
    /// It answered what is no HTTP.
    case rubbish
    /// It closed the connection, or let nobody connect.
    case unreachable(String)
    /// It did not answer in time.
    case silent(Duration)

    /// As the second half of "its health check …".
    package var description: String {
        switch self {
        case .healthy: "succeeded"
        case .status(let code): "was answered with status \(code)"
        case .rubbish: "was answered with what is no HTTP"
        case .unreachable(let detail): "failed: \(detail)"
        case .silent(let time): "had no answer within \(time)"
        }
    }
}
