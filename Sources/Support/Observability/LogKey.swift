/// The names under which facts stand in log lines, so that one search finds them everywhere.
package enum LogKey {
    package static let requestID = "request_id"
    package static let method = "method"
    package static let path = "path"
    package static let status = "status"
    package static let milliseconds = "ms"
    package static let model = "model"
    package static let address = "address"
    package static let code = "code"
    package static let error = "error"
    package static let inFlight = "in_flight"
    package static let seconds = "seconds"
}
