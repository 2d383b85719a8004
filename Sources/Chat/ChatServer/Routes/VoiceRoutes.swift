import Gateway

/// Has a voice service write down what somebody said. Nothing of it is kept.
struct VoiceRoutes: Sendable {
    let client: any TranscriptionClient
    /// nil: no service takes recordings.
    let model: @Sendable () -> String?

    var all: [Route] {
        [Route("POST", "/api/transcriptions", .account, bodyLimit: Limits.recordingBytes, respond: transcribe)]
    }

    private struct Transcript: Encodable { var text: String }

    @Sendable private func transcribe(_ context: SiteContext) async throws -> SiteResponse {
        guard let model = model() else {
            throw SiteError(.unavailable, "No service here takes recordings: use the browser's own recognition.")
        }
        let type = context.request.header("content-type") ?? ""
        guard let form = MultipartForm(contentType: type, body: context.request.body) else {
            throw SiteError(.invalid, "Send the recording as multipart/form-data.")
        }
        guard let file = form.parts.first(where: { $0.name == "file" }), !file.content.isEmpty else {
            throw SiteError(.invalid, "'file' is missing: it holds the recording.", field: "file")
        }
        let language = form.parts.filter { $0.name == "language" }
        let body = form.body(keeping: [file] + language, adding: [("model", model), ("response_format", "json")])
        do {
            let text = try await client.transcribe(body, contentType: type, caller: context.account.id)
            return SiteJSON.response(Transcript(text: text))
        } catch let error as CompletionError {
            let code: SiteError.Code =
                switch error.status {
                case 413: .tooLarge
                case 400..<500: .invalid
                default: .unavailable
                }
            throw SiteError(code, "The voice service failed: \(error.message)")
        }
    }
}

/// Turns recordings into text.
package protocol TranscriptionClient: Sendable {
    /// - Parameter body: multipart/form-data with a file and a model's name.
    func transcribe(_ body: [UInt8], contentType: String, caller: String) async throws -> String
}
