import AsyncHTTPClient
package import Control
import NIOCore
import NIOHTTP1

/// Asks a remote OpenAI API for its models: the one question that every such API answers for nothing.
package struct RemoteProbe: Sendable {
    /// Follows no redirect, which would carry the key elsewhere. Lives as long as the program.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let endpoint: Endpoint
    let timeout: Duration

    package init(_ endpoint: Endpoint, timeout: Duration = Limits.remoteProbeTimeout) {
        self.endpoint = endpoint
        self.timeout = timeout
    }

    package func run() async -> ProbeResult {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        if let bearer = endpoint.bearer { request.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        do {
            // The body is not read: letting go of the answer closes its connection.
            let answer = try await Self.client.execute(request, timeout: TimeAmount(timeout))
            return Self.judge(Int(answer.status.code))
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
            return .silent(timeout)
        } catch is HTTPParserError {
            return .rubbish
        } catch {
            return .unreachable("\(error)")
        }
    }

    /// An API without a list of models answers 404 or 405, one that is busy 429: all are there. A refused key is not
    /// going to serve anybody.
    static func judge(_ code: Int) -> ProbeResult {
        (200..<500).contains(code) && code != 401 && code != 403 ? .healthy : .status(code)
    }

    private var url: String {
        let path = endpoint.basePath + "/v1/models"
        switch endpoint.address {
        case .tcp(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(endpoint.isSecure ? "https" : "http")://\(name):\(port)\(path)"
        case .unix(let socket):
            let escaped = socket.utf8.reduce(into: "") { text, byte in
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "\(endpoint.isSecure ? "https" : "http")+unix://\(escaped)\(path)"
        }
    }
}
