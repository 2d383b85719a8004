import Control
import Gateway
import Testing

@Suite("Calls with a form", .timeLimit(.minutes(2)))
struct FormTests {
    private static let type = "multipart/form-data; boundary=\"--x 1\""

    private static func form(_ fields: (name: String, value: String)...) -> String {
        fields.map { "----x 1\r\nContent-Disposition: form-data; name=\"\($0.name)\"\r\n\r\n\($0.value)\r\n" }.joined()
            + "----x 1\r\ncontent-disposition: form-data; name=file; filename=\"a.mp3\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n\u{0}\r\n--\r\n\r\n----x 1--\r\n"
    }

    @Test("find their service by the form's field, and reach it as they are", arguments: [false, true])
    func relays(isChunked: Bool) async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, #"{"text":"hello"}"#) }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let form = Self.form(("model", "m"), ("language", "zh"))
            let reply = try await post(gateway, form, isChunked: isChunked)
            #expect(reply.status == 200 && reply.text == #"{"text":"hello"}"#)
            let request = try await upstream.requests.next()
            #expect(request.head.uri == "/v1/audio/transcriptions")
            #expect(request.header("content-type") == Self.type)
            #expect(request.body == form)
            #expect(request.header("x-pronk-caller") == nil)
        }
    }

    @Test("carry the instance's own name of the model")
    func renamed() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        let endpoint = upstream.endpoint { $0.modelName = "openai/whisper" }
        try await TestGateway.run(FakeBroker(endpoint)) { gateway in
            _ = try await post(gateway, Self.form(("model", "m"), ("a", "b")))
            let request = try await upstream.requests.next()
            #expect(request.body == Self.form(("model", "openai/whisper"), ("a", "b")))
            #expect(request.header("content-length") == String(request.body.utf8.count))
        }
    }

    @Test("are refused by name when they are broken")
    func refusals() async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            #expect(try await post(gateway, Self.form(("language", "zh"))).code == "missing_required_parameter")
            #expect(try await post(gateway, Self.form(("model", "none"))).code == "model_not_found")
            #expect(try await post(gateway, Self.form(("model", "m"), ("model", "m"))).code == "invalid_value")
            for body in ["", "----x 1", "----x 1\r\n", "----x 1\r\n\r\n", "{}", "----x 1\r\nA: b\r\n\r\nc"] {
                #expect(try await post(gateway, body).code == "malformed_request", "\(body.debugDescription)")
            }
            let json = try await gateway.request(
                "POST", "/v1/audio/transcriptions", "{}", headers: [("content-type", "application/json")])
            #expect(json.code == "malformed_request")
            #expect(try await gateway.request("GET", "/v1/audio/transcriptions").status == 405)
        }
    }

    @Test("their parts are found wherever they are cut, and nothing is read beyond the end")
    func parts() throws {
        let whole = Array(Self.form(("model", "m"), ("empty", "")).utf8)
        let form = try #require(MultipartForm(contentType: Self.type, body: whole))
        #expect(form.parts.map(\.name) == ["model", "empty", "file"])
        #expect(form.parts.map { form.text(of: $0) } == ["m", "", "\u{0}\r\n--\r\n"])
        for length in 0..<(whole.count - 4) {
            #expect(MultipartForm(contentType: Self.type, body: Array(whole.prefix(length))) == nil, "\(length)")
        }
    }

    private func post(_ gateway: TestGateway, _ body: String, isChunked: Bool = false) async throws -> Reply {
        let headers = [("content-type", Self.type), ("x-pronk-caller", "somebody")]
        guard isChunked else {
            return try await gateway.request("POST", "/v1/audio/transcriptions", body, headers: headers)
        }
        return try await gateway.requestChunked("/v1/audio/transcriptions", body, headers: headers)
    }
}
