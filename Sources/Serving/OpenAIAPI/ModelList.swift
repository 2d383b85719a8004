/// The answer of /v1/models.
package struct ModelList: Codable, Sendable, Equatable {
    package var object = "list"
    package var data: [ModelCard]

    package init(_ data: [ModelCard]) { self.data = data }
}

/// One model, as /v1/models/{id} shows it; `root`, `parent` and `max_model_len` are vLLM's extras.
package struct ModelCard: Codable, Sendable, Equatable {
    package var id: String
    package var object = "model"
    package var created: Int
    package var ownedBy = "pronk"
    package var root: String
    package var maxModelLength: Int

    package init(id: String, created: Int, maxModelLength: Int) {
        self.id = id
        self.created = created
        self.root = id
        self.maxModelLength = maxModelLength
    }

    enum CodingKeys: String, CodingKey {
        case id, object, created, root
        case ownedBy = "owned_by"
        case maxModelLength = "max_model_len"
    }
}
