import AsyncHTTPClient
import Control
import Crypto
import Foundation
import Gateway
import NIOCore
import NIOSSL
import Testing
import TestSupport
import X509

@Suite("TLS and HTTP/2", .timeLimit(.minutes(1)))
struct SecureTests {
    private func client(_ folder: TemporaryFolder, version: HTTPClient.Configuration.HTTPVersion) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(folder.file("certificate.pem"))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = version
        return HTTPClient(configuration: configuration)
    }

    @Test("serves both versions of HTTP with a certificate of its own, kept for the next time")
    func selfSigned() async throws {
        let folder = try TemporaryFolder()
        let upstream = try await TestUpstream { request in
            request.body.contains("stream")
                ? [.events, .body("data: one\n\n"), .body("data: [DONE]\n\n"), .end]
                : TestUpstream.Step.json(200, request.body)
        }
        var certificates: Set<String> = []
        for version in [HTTPClient.Configuration.HTTPVersion.automatic, .http1Only] {
            try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
                options.certificates = .selfSigned(folder: folder.path)
            } body: { gateway in
                let client = client(folder, version: version)
                let result: Result<[Reply], any Error>
                do { result = .success(try await Self.ask(gateway, client)) } catch { result = .failure(error) }
                try await client.shutdown()
                let answered = try result.get()
                let expected = version == .automatic ? 2 : 1
                #expect(answered.map(\.version.major) == [expected, expected, expected])
                #expect(answered[0].text == #"{"model":"m"}"#)
                #expect(answered[1].text == "data: one\n\ndata: [DONE]\n\n")
                #expect(answered[2].status == 401)
            }
            certificates.insert(try String(contentsOfFile: folder.file("certificate.pem"), encoding: .utf8))
        }
        #expect(certificates.count == 1)
        let permissions = try FileManager.default.attributesOfItem(atPath: folder.file("key.pem"))[.posixPermissions]
        #expect(permissions as? Int == 0o600)
    }

    private static func ask(_ gateway: TestGateway, _ client: HTTPClient) async throws -> [Reply] {
        var replies: [Reply] = []
        for body in [#"{"model":"m"}"#, #"{"model":"m","stream":true}"#] {
            replies.append(
                try await gateway.request("POST", "/v1/chat/completions", body, scheme: "https", client: client))
        }
        replies.append(try await gateway.request("GET", "/v1/models", key: nil, scheme: "https", client: client))
        return replies
    }

    @Test("a certificate that has ended, or has not begun, is refused with its dates", arguments: [-10, 10])
    func dates(days: Double) throws {
        let folder = try TemporaryFolder()
        let begin = Date().addingTimeInterval((days - 5) * 86_400)
        let end = Date().addingTimeInterval((days + 5) * 86_400)
        let files = try Self.make(folder, begin, end)
        let error = #expect(throws: GatewayError.self) { try Self.gateway(files.certificate, files.key) }
        #expect(error?.code == .invalidCertificate)
        #expect(error?.message.contains(files.certificate) == true)
        #expect(error?.message.contains(days > 0 ? "begins on" : "ended on") == true)
        let day = (days > 0 ? begin : end).formatted(.iso8601.year().month().day())
        #expect(error?.message.contains(day) == true)
    }

    @Test("a key of another certificate is refused")
    func mismatch() throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        let begin = Date().addingTimeInterval(-86_400)
        let end = Date().addingTimeInterval(86_400 * 100)
        let files = try Self.make(folder, begin, end)
        let others = try Self.make(other, begin, end)
        let error = #expect(throws: GatewayError.self) { try Self.gateway(files.certificate, others.key) }
        #expect(error?.message.contains("does not belong to") == true)
        let missing = #expect(throws: GatewayError.self) { try Self.gateway(folder.file("none.pem"), files.key) }
        #expect(missing?.message.contains("none.pem") == true)
    }

    @Test("a reload shows a new certificate to those who connect from then on, and cuts nobody")
    func reload() async throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        let upstream = try await TestUpstream()
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.certificates = .selfSigned(folder: folders[0].path)
        } body: { gateway in
            let clients = [client(folders[0], version: .automatic), client(folders[1], version: .automatic)]
            let result: Result<Void, any Error>
            do { result = .success(try await Self.reload(gateway, upstream, clients, folders)) } catch {
                result = .failure(error)
            }
            for client in clients { try await client.shutdown() }
            try result.get()
        }
    }

    private static func reload(
        _ gateway: TestGateway, _ upstream: TestUpstream, _ clients: [HTTPClient], _ folders: [TemporaryFolder]
    ) async throws {
        async let open = gateway.request(
            "POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#, scheme: "https", client: clients[0])
        let request = try await upstream.requests.next()
        request.perform([.events, .body("data: one\n\n")])
        var options = GatewayOptions()
        options.certificates = .selfSigned(folder: folders[1].path)
        try gateway.gateway.reload(options)
        #expect(try await gateway.request("GET", "/healthz", scheme: "https", client: clients[1]).status == 200)
        request.perform([.body("data: [DONE]\n\n"), .end])
        #expect(try await open.text == "data: one\n\ndata: [DONE]\n\n")
    }

    @Test("a shutdown lets the streams of an HTTP/2 connection end")
    func drain() async throws {
        let folder = try TemporaryFolder()
        let upstream = try await TestUpstream()
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.certificates = .selfSigned(folder: folder.path)
        } body: { gateway in
            let client = client(folder, version: .automatic)
            let reply = Task {
                try await gateway.request(
                    "POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#, scheme: "https", client: client)
            }
            let request = try await upstream.requests.next()
            request.perform([.events, .body("data: one\n\n")])
            await gateway.shutDown()
            request.perform([.body("data: [DONE]\n\n"), .end])
            let result = await reply.result
            try await client.shutdown()
            let answer = try result.get()
            #expect(answer.version.major == 2)
            #expect(answer.text == "data: one\n\ndata: [DONE]\n\n")
        }
    }

    @Test("an instance behind TLS is verified")
    func securedUpstream() async throws {
        let folder = try TemporaryFolder()
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, #"{"from":"behind"}"#) }
        // A gateway stands in for a remote API, with a certificate that the first one trusts or does not.
        let behind = FakeBroker(upstream.endpoint())
        try await TestGateway.run(behind) { options in
            options.certificates = .selfSigned(folder: folder.path)
        } body: { remote in
            for trusts in [true, false] {
                let endpoint = Endpoint(
                    address: .tcp(host: "localhost", port: remote.port), isSecure: true, bearer: TestGateway.key)
                let broker = FakeBroker(endpoint)
                try await TestGateway.run(broker) { options in
                    if trusts { options.trustedAuthorities = [folder.file("certificate.pem")] }
                } body: { gateway in
                    let reply = try await gateway.chat()
                    #expect(reply.status == (trusts ? 200 : 502))
                }
            }
        }
    }

    private static func gateway(_ certificate: String, _ key: String) throws {
        var options = GatewayOptions()
        options.certificates = .files(certificate: certificate, key: key)
        _ = try Gateway(
            settings: options, broker: FakeBroker(), callers: FakeCallers(), catalogue: ServiceCatalogue(),
            logger: .init(label: "test"))
    }

    private static func make(
        _ folder: TemporaryFolder, _ begin: Date, _ end: Date
    ) throws -> (certificate: String, key: String) {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("localhost") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: begin, notValidAfter: end, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                SubjectAlternativeNames([.dnsName("localhost")])
            }, issuerPrivateKey: .init(key))
        return (
            try folder.write(Array(certificate.serializeAsPEM().pemString.utf8), to: "certificate.pem"),
            try folder.write(Array(key.pemRepresentation.utf8), to: "key.pem")
        )
    }
}
