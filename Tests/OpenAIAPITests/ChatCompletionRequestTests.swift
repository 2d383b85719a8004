import OpenAIAPI
import Testing

@Suite struct ChatCompletionRequestTests {
    private func decode(_ json: String) throws(APIError) -> ChatCompletionRequest {
        try JSONBody.decode(ChatCompletionRequest.self, from: json.utf8)
    }

    /// A request with one message and `fields` besides.
    private func decode(fields: String) throws(APIError) -> ChatCompletionRequest {
        try decode(#"{"messages":[{"role":"user","content":"hi"}],\#(fields)}"#)
    }

    @Test("reads the least request, and leaves open how to draw")
    func defaults() throws {
        let request = try decode(#"{"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(request.messages == [.init(role: .user, content: "hi")])
        #expect(request.ending == .generationPrompt)
        let parameters = request.parameters
        #expect(parameters.model == nil && parameters.choices == 1 && parameters.maxTokens == nil)
        #expect(
            parameters.temperature == nil && parameters.topP == nil && parameters.topK == nil && parameters.minP == nil
                && parameters.repetitionPenalty == nil)
        #expect(parameters.seed == nil && parameters.stopStrings.isEmpty && !parameters.stream)
    }

    @Test("reads every field that it honours")
    func everyField() throws {
        let request = try decode(
            fields: """
                "model":"m","temperature":0.2,"top_p":0.9,"top_k":40,"min_p":0.05,"n":3,"seed":-7,
                "repetition_penalty":1.2,"max_tokens":5,"max_completion_tokens":9,"stop":["a","b"],
                "stop_token_ids":[2,3],"include_stop_str_in_output":true,"ignore_eos":true,"stream":true,
                "stream_options":{"include_usage":true},"add_generation_prompt":false
                """)
        let parameters = request.parameters
        #expect(parameters.model == "m" && parameters.temperature == 0.2 && parameters.topP == 0.9)
        #expect(parameters.repetitionPenalty == 1.2)
        #expect(parameters.topK == 40 && parameters.minP == 0.05 && parameters.choices == 3 && parameters.seed == -7)
        #expect(parameters.maxTokens == 9, "max_completion_tokens supersedes max_tokens")
        #expect(parameters.stopStrings == ["a", "b"] && parameters.stopTokens == [2, 3])
        #expect(parameters.includesStopString && parameters.ignoresEndOfGeneration)
        #expect(parameters.stream && parameters.includesUsage && request.ending == .closedTurn)
    }

    @Test("continues the last message where vLLM does: only without a prompt for a new one")
    func continued() throws {
        let fields = #""continue_final_message":true,"add_generation_prompt":false"#
        #expect(try decode(fields: fields).ending == .openAnswer)
        #expect(try decode(fields: #""continue_final_message":false"#).ending == .generationPrompt)
        for fields in ["", #","add_generation_prompt":true"#] {
            let error = #expect(throws: APIError.self) {
                try decode(fields: #""continue_final_message":true"# + fields)
            }
            #expect(error?.code == .invalidValue && error?.param == "continue_final_message")
        }
    }

    @Test("joins text parts as vLLM does, and takes developer for a role")
    func parts() throws {
        let request = try decode(
            #"{"messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#)
        #expect(request.messages == [.init(role: .developer, content: "a\nb")])
    }

    @Test(
        "ignores unknown fields, nulls, and fields that ask for nothing",
        arguments: [
            #""user":"me","metadata":{"a":"b"},"store":true"#, #""temperature":null,"stop":null,"n":null,"seed":null"#,
            #""logprobs":false,"top_logprobs":null,"tools":[],"logit_bias":{}"#,
            #""presence_penalty":0,"frequency_penalty":0.0"#,
            #""response_format":{"type":"text"},"tool_choice":"none","parallel_tool_calls":true"#,
            #""top_k":-1,"stop":"","repetition_penalty":1.0,"skip_special_tokens":true"#,
        ])
    func ignored(fields: String) throws {
        let request = try decode(fields: fields)
        #expect(request.parameters.stopStrings.isEmpty && request.parameters.topK ?? 0 == 0)
    }

    @Test(
        "refuses what it cannot honour, naming it",
        arguments: [
            ("logprobs", "true"), ("top_logprobs", "2"), ("tools", #"[{"type":"function"}]"#),
            ("response_format", #"{"type":"json_object"}"#), ("logit_bias", #"{"1":5}"#),
            ("presence_penalty", "0.5"), ("frequency_penalty", "-1"), ("min_tokens", "3"), ("echo", "true"),
        ])
    func unsupported(name: String, value: String) {
        #expect {
            try decode(fields: #""\#(name)":\#(value)"#)
        } throws: { error in
            let error = error as? APIError
            return error?.code == .unsupportedParameter && error?.param == name && error?.status == 400
                && error?.message == "'\(name)' is not supported by this server yet: leave it out."
        }
    }

    @Test(
        "refuses values out of range with the rule and the value",
        arguments: [
            ("temperature", "2.5", "'temperature' must be a number from 0 to 2, but is 2.5."),
            ("temperature", "-0.1", "'temperature' must be a number from 0 to 2, but is -0.1."),
            ("temperature", #""hot""#, "'temperature' must be a number from 0 to 2."),
            ("top_p", "0", "'top_p' must be a number above 0 and at most 1, but is 0.0."),
            ("top_p", "1.1", "'top_p' must be a number above 0 and at most 1, but is 1.1."),
            ("top_k", "-2", "'top_k' must be -1 or 0 (all tokens) or a positive integer, but is -2."),
            ("min_p", "2", "'min_p' must be a number from 0 to 1, but is 2.0."),
            ("n", "0", "'n' must be an integer from 1 to 128, but is 0."),
            ("n", "129", "'n' must be an integer from 1 to 128, but is 129."),
            ("n", "1.5", "'n' must be an integer from 1 to 128."),
            ("max_tokens", "0", "'max_tokens' must be an integer of at least 1, but is 0."),
            ("max_completion_tokens", "-1", "'max_completion_tokens' must be an integer of at least 1, but is -1."),
            ("seed", "9223372036854775808", "'seed' must be a 64-bit integer."),
            ("stop", "[1]", "'stop' must be a string or an array of strings."),
            ("stop", #"["a","b","c","d","e"]"#, "'stop' must hold at most 4 strings, but has 5."),
            ("stream", #""yes""#, "'stream' must be true or false."),
            ("stream_options", #"{"include_usage":true}"#, "'stream_options' is only allowed when 'stream' is true."),
        ])
    func outOfRange(name: String, value: String, message: String) {
        #expect(throws: APIError(.invalidValue, message, param: name)) {
            try decode(fields: #""\#(name)":\#(value)"#)
        }
    }

    @Test(
        "refuses broken messages with the path to the fault",
        arguments: [
            (#"{}"#, "messages"), (#"{"messages":[]}"#, "messages"), (#"{"messages":"hi"}"#, "messages"),
            (#"{"messages":["hi"]}"#, "messages[0]"),
            (#"{"messages":[{"content":"hi"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":"user","content":"hi"},{"role":"king","content":"hi"}]}"#, "messages[1].role"),
            (#"{"messages":[{"role":"user"}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"user","content":5}]}"#, "messages[0].content"),
            (
                #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}"#,
                "messages[0].content[0].type"
            ),
        ])
    func brokenMessages(json: String, param: String) {
        #expect {
            try decode(json)
        } throws: { error in
            let error = error as? APIError
            return error?.param == param && error?.status == 400
        }
    }

    @Test(
        "says where JSON breaks and what should stand there",
        arguments: [
            ("{\n\"messages\": x}", "line 2, column 13 should have a value."),
            (#"{"messages": [}"#, "line 1, column 15 should have a value."),
            (#"{"messages": ["#, "line 1, column 15 should have a value."),
            (#"{"messages": []"#, "line 1, column 16 should have ',' or '}'."),
            (#"{messages: []}"#, "line 1, column 2 should have a field's name in double quotes."),
            (#"{"a": 1} 2"#, "line 1, column 10 should have the end of the text."),
            (#"{"a": "b"#, "line 1, column 9 should have the end of the string, '\"'."),
            (#"{"a": nul}"#, "line 1, column 10 should have 'null'."),
        ])
    func brokenJSON(json: String, place: String) {
        #expect(throws: APIError(.invalidJSON, "The request body is not valid JSON: \(place)")) { try decode(json) }
    }

    @Test("survives nesting that no request needs")
    func deepNesting() {
        #expect {
            try decode(fields: #""x":"# + String(repeating: "[", count: 100_000))
        } throws: { error in
            (error as? APIError)?.code == .invalidJSON
        }
    }

    @Test("asks for a body where there is none")
    func emptyBody() {
        #expect(throws: APIError(.invalidJSON, "The request has no body: send a JSON object.")) { try decode("") }
    }

    @Test("refuses a body that is no object")
    func noObject() {
        #expect(throws: APIError(.invalidValue, "The request body must be a JSON object.")) { try decode("[1]") }
    }
}
