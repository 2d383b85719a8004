/// `tokenizer_config.json`: what transformers adds to a tokenizer.
struct TokenizerConfiguration: Decodable {
    var bos: String?
    var eos: String?
    var addsBOS: Bool?
    var addsEOS: Bool?
    var chatTemplate: String?

    private enum CodingKeys: String, CodingKey {
        case bos = "bos_token"
        case eos = "eos_token"
        case addsBOS = "add_bos_token"
        case addsEOS = "add_eos_token"
        case chatTemplate = "chat_template"
    }

    /// A token is its text, or an object that describes it.
    private struct Token: Decodable {
        var content: String

        private struct Description: Decodable { var content: String }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            content = try (try? container.decode(String.self)) ?? container.decode(Description.self).content
        }
    }

    private struct NamedTemplate: Decodable {
        var name: String
        var template: String
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        bos = try container.decodeIfPresent(Token.self, forKey: .bos)?.content
        eos = try container.decodeIfPresent(Token.self, forKey: .eos)?.content
        addsBOS = try container.decodeIfPresent(Bool.self, forKey: .addsBOS)
        addsEOS = try container.decodeIfPresent(Bool.self, forKey: .addsEOS)
        if let template = try? container.decodeIfPresent(String.self, forKey: .chatTemplate) {
            chatTemplate = template
        } else {
            let templates = try container.decodeIfPresent([NamedTemplate].self, forKey: .chatTemplate) ?? []
            // As transformers: others are for tools or retrieval, and asked for by name.
            chatTemplate = templates.first { $0.name == "default" }?.template
        }
    }
}
