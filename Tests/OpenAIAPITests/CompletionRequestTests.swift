import OpenAIAPI
import Testing

@Suite struct CompletionRequestTests {
    private func decode(_ fields: String) throws(APIError) -> CompletionRequest {
        try JSONBody.decode(CompletionRequest.self, from: "{\(fields)}".utf8)
    }

    @Test(
        "reads a prompt in each of its four forms",
        arguments: [
            (#""a""#, [CompletionRequest.Prompt.text("a")]), (#"["a","b"]"#, [.text("a"), .text("b")]),
            ("[1,2]", [.tokens([1, 2])]), ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])]),
        ])
    func promptForms(json: String, prompts: [CompletionRequest.Prompt]) throws {
        let request = try decode(#""prompt":\#(json)"#)
        #expect(request.prompts == prompts)
        #expect(!request.echo && request.addsSpecialTokens)
    }

    @Test("reads echo and add_special_tokens")
    func switches() throws {
        let request = try decode(#""prompt":"a","echo":true,"add_special_tokens":false,"best_of":1,"logprobs":null"#)
        #expect(request.echo && !request.addsSpecialTokens)
    }

    @Test(
        "refuses a broken prompt",
        arguments: [
            (#""x":1"#, "prompt"), (#""prompt":[]"#, "prompt"), (#""prompt":{"a":1}"#, "prompt"),
            (#""prompt":[1,"a"]"#, "prompt"), (#""prompt":[99999999999]"#, "prompt"),
            (#""prompt":["a","b"],"n":100"#, "prompt"), (#""prompt":"a","suffix":"b""#, "suffix"),
            (#""prompt":"a","logprobs":0"#, "logprobs"), (#""prompt":"a","best_of":3"#, "best_of"),
        ])
    func brokenPrompts(fields: String, param: String) {
        #expect {
            try decode(fields)
        } throws: { error in
            (error as? APIError)?.param == param
        }
    }

    @Test("reads tokenize and detokenize requests")
    func tokenize() throws {
        let text = try JSONBody.decode(TokenizeRequest.self, from: #"{"prompt":"a"}"#.utf8)
        #expect(text.input == .text("a") && text.addsSpecialTokens)
        let chat = try JSONBody.decode(
            TokenizeRequest.self,
            from: #"{"messages":[{"role":"user","content":"a"}],"add_generation_prompt":false}"#.utf8)
        #expect(chat.input == .chat([.init(role: .user, content: "a")], .closedTurn))
        #expect(try JSONBody.decode(DetokenizeRequest.self, from: #"{"tokens":[1,2]}"#.utf8).tokens == [1, 2])
        #expect(throws: APIError.self) { try JSONBody.decode(DetokenizeRequest.self, from: "{}".utf8) }
        #expect(throws: APIError.self) { try JSONBody.decode(TokenizeRequest.self, from: "{}".utf8) }
    }
}
