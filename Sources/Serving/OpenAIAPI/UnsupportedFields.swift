/// Fields that would change the answer and that we cannot honour: refused rather than silently ignored.
///
/// Values that ask for nothing (an empty list, a zero penalty, the default) pass, because clients send them always.
struct UnsupportedFields {
    private struct Rule {
        let name: String
        let asksForNothing: @Sendable (JSONValue) -> Bool
    }

    private let rules: [Rule]

    func check(_ fields: RequestFields) throws(APIError) {
        for rule in rules {
            guard let value = try fields.value(rule.name, JSONValue.self, "is not valid JSON"),
                !rule.asksForNothing(value)
            else { continue }
            throw APIError(
                .unsupportedParameter, "'\(rule.name)' is not supported by this server yet: leave it out.",
                param: rule.name)
        }
    }

    private init(_ rules: [Rule]) { self.rules = rules }

    private static func empty(_ names: String...) -> [Rule] { names.map { Rule(name: $0) { $0.isEmpty } } }

    private static func equal(_ value: JSONValue, _ names: String...) -> [Rule] {
        names.map { Rule(name: $0) { $0 == value || $0.isEmpty } }
    }

    private static let common: [Rule] =
        empty(
            "logit_bias", "allowed_token_ids", "bad_words", "structured_outputs", "guided_json", "guided_regex",
            "guided_choice", "guided_grammar", "prompt_logprobs", "truncate_prompt_tokens")
        + equal(.number(0), "presence_penalty", "frequency_penalty", "min_tokens")
        + equal(.number(1), "length_penalty")
        + equal(.boolean(false), "use_beam_search")
        + equal(.boolean(true), "skip_special_tokens")
        + [Rule(name: "response_format") { $0.isEmpty || $0["type"] == .string("text") }]

    static let chat = UnsupportedFields(
        common
            + empty("tools", "functions", "audio", "chat_template", "chat_template_kwargs", "prediction")
            + equal(.boolean(false), "logprobs", "echo", "add_special_tokens")
            + equal(.number(0), "top_logprobs")
            + equal(.array([.string("text")]), "modalities"))

    static let completion = UnsupportedFields(
        common
            + empty("suffix", "logprobs", "prompt_embeds")
            + equal(.number(1), "best_of"))
}
