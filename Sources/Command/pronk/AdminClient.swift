import AsyncHTTPClient
import Foundation
import Instances
import NIOCore
import Terminal

/// Talks to the running `pronk up` of a data folder, over its private socket.
struct AdminClient {
    private let http: HTTPClient
    private let baseURL: String

    /// Runs `body` with a client for the platform of a data folder.
    static func with<Value>(_ data: DataOptions, _ body: (AdminClient) async throws -> Value) async throws -> Value {
        let http = HTTPClient()
        let result: Result<Value, any Error>
        do {
            let socket = SocketFolder.controlSocket(dataFolder: data.path)
            result = .success(
                try await body(AdminClient(http: http, baseURL: ChatClient.baseURL(socketPath: socket))))
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        return try result.get()
    }

    /// The answer's body; an answer other than 2xx is an error with the server's own words.
    func send(_ method: String = "GET", _ path: String) async throws -> Data {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .RAW(value: method)
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, timeout: .seconds(30))
        } catch {
            throw CommandError("Nothing runs for this data folder: start it with `pronk up`.")
        }
        let body = Data(try await response.body.collect(upTo: 16 << 20).readableBytesView)
        guard (200..<300).contains(Int(response.status.code)) else {
            throw CommandError(Self.message(in: body) ?? "The platform answered \(response.status.code).")
        }
        return body
    }

    func get<Body: Decodable>(_ path: String, as _: Body.Type) async throws -> Body {
        try JSONDecoder().decode(Body.self, from: try await send("GET", path))
    }

    private static func message(in body: Data) -> String? {
        struct Envelope: Decodable {
            struct Fault: Decodable { var message: String }
            var error: Fault
        }
        return try? JSONDecoder().decode(Envelope.self, from: body).error.message
    }
}
