import AsyncHTTPClient
import Engine
import EngineServer
import FoundationEssentials
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Testing
import TestSupport

/// A running server, and a client for it.
struct TestServer {
    enum Transport: CaseIterable {
        case tcp
        case unix
    }

    let address: ListenAddress
    private let services: ServiceGroup

    /// Runs a server while `body` runs, then shuts it down gracefully.
    static func run(
        _ generator: any TextGenerator, _ transport: Transport = .tcp,
        change: (inout EngineServer.Options) -> Void = { _ in }, body: (TestServer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let (addresses, report) = AsyncStream.makeStream(of: ListenAddress.self)
        let listen: ListenAddress =
            switch transport {
            case .tcp: .tcp(host: "127.0.0.1", port: 0)
            case .unix: .unix(path: folder.file("s"))
            }
        var options = EngineServer.Options(listen: listen, version: "1.2.3") { report.yield($0) }
        change(&options)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: EngineServer(generator: generator, options: options, logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        let running = Task {
            defer { report.finish() }
            try await services.run()
        }
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next() else { return try await running.value }
        let server = TestServer(address: address, services: services)
        let result = await Result { try await body(server) }
        await services.triggerGracefulShutdown()
        try await running.value
        try result.get()
    }

    func shutDown() async { await services.triggerGracefulShutdown() }

    func url(_ path: String) -> String {
        switch address {
        case .tcp: "http://\(address)\(path)"
        case .unix(let socket): "http+unix://\(socket.replacing("/", with: "%2F"))\(path)"
        }
    }

    func get(_ path: String, method: String = "GET") async throws -> Reply {
        var request = HTTPClientRequest(url: url(path))
        request.method = .RAW(value: method)
        return try await Reply(HTTPClient.shared.execute(request, timeout: .seconds(20)))
    }

    func post(_ path: String, _ json: String, headers: [(String, String)] = []) async throws -> Reply {
        try await Reply(open(path, json, headers: headers))
    }

    /// The response as soon as its head is here.
    func open(_ path: String, _ json: String, headers: [(String, String)] = []) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url(path))
        request.method = .POST
        request.headers.add(contentsOf: .init(headers))
        request.body = .bytes(ByteBuffer(string: json))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    }

    /// A chat of one message, with `fields` besides.
    func chat(_ fields: String = "", headers: [(String, String)] = []) async throws -> Reply {
        try await post("/v1/chat/completions", Self.chatBody(fields), headers: headers)
    }

    static func chatBody(_ fields: String = "") -> String {
        #"{"messages":[{"role":"user","content":"hi"}]\#(fields.isEmpty ? "" : ",")\#(fields)}"#
    }
}

/// A complete response.
struct Reply {
    let status: Int
    let headers: [String: String]
    let body: String

    init(_ response: HTTPClientResponse) async throws {
        status = Int(response.status.code)
        headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        body = String(buffer: try await response.body.collect(upTo: 64 << 20))
    }

    func json() throws -> JSON { try JSON(body) }

    /// The payloads of a stream's events.
    var events: [String] {
        body.split(separator: "\n\n", omittingEmptySubsequences: true).map { String($0.dropFirst("data: ".count)) }
    }
}

/// JSON to look into: `json["choices"][0]["text"].string`.
enum JSON: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(_ text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(_ key: String) -> JSON {
        if case .object(let object) = self { object[key] ?? .null } else { .null }
    }

    subscript(_ index: Int) -> JSON {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { .null }
    }

    var string: String? { if case .string(let string) = self { string } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var count: Int? { if case .array(let array) = self { array.count } else { nil } }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
