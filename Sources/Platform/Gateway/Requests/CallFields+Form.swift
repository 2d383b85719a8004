import NIOCore
import OpenAIAPI

extension CallFields {
    /// What a form says to the gateway: the model's name alone.
    init(form body: ByteBuffer, of exchange: Exchange) throws(APIError) {
        let type = exchange.headers.first(name: "content-type") ?? ""
        guard let form = MultipartForm(contentType: type, body: Array(body.readableBytesView)) else {
            throw APIError(
                .malformedRequest,
                "\(exchange.path) takes multipart/form-data, with the fields "
                    + "'file' and 'model'.")
        }
        let models = form.parts.filter { $0.name == "model" }
        guard models.count < 2 else {
            throw APIError(.invalidValue, "'model' stands twice in the request: keep one.", param: "model")
        }
        isForm = true
        guard let part = models.first else { return }
        model = form.text(of: part)
        modelExtent = part.content
    }
}
