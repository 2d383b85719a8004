import OpenAIAPI
import Testing

@Suite struct RelayOptionsTests {
    private func decode(_ pronk: String, fields: String = #""stream":true,"seed":1"#) throws(APIError) -> RelayOptions {
        let message = #""messages":[{"role":"user","content":"hi"}]"#
        return try JSONBody.decode(
            ChatCompletionRequest.self, from: "{\(message),\(fields),\"pronk\":\(pronk)}".utf8
        ).parameters.relay
    }

    @Test("reads every field of pronk, and asks for nothing where it is absent")
    func everyField() throws {
        #expect(try decode("{}") == RelayOptions() && decode("null") == RelayOptions())
        let options = try decode(
            #"{"created":9,"tokens":true,"resume":{"choices":[{"tokens":[1,2],"finished":true}],"started":1}}"#)
        #expect(options.created == 9 && options.carriesTokens)
        #expect(options.resume == ResumeState(choices: [.init(tokens: [1, 2], isFinished: true)], started: 1))
        #expect(options.resume?.tokenCount == 2)
        #expect(try decode(#"{"tenant":"key-1"}"#).tenant == "key-1")
        let sent = try decode(#"{"resume":{"choices":[],"usageSent":true}}"#)
        #expect(sent.resume == ResumeState(choices: [], usageSent: true) && !sent.carriesTokens)
    }

    @Test("holds the choices of all prompts")
    func prompts() throws {
        let body = #"{"prompt":["a","b"],"n":2,"stream":true,"seed":1,"pronk":{"resume":{"choices":[{},{},{},{}]}}}"#
        let request = try JSONBody.decode(CompletionRequest.self, from: body.utf8)
        #expect(request.parameters.relay.resume?.choices.count == 4)
    }

    @Test(
        "names the field that is wrong",
        arguments: [
            ("1", "pronk"), (#"{"created":-1}"#, "pronk.created"), (#"{"tokens":1}"#, "pronk.tokens"),
            (#"{"tenant":1}"#, "pronk.tenant"),
            (#"{"resume":[]}"#, "pronk.resume"), (#"{"resume":{"choices":{}}}"#, "pronk.resume.choices"),
            (#"{"resume":{"choices":[{},{}]}}"#, "pronk.resume.choices"),
            (#"{"resume":{"choices":[{"tokens":["a"]}]}}"#, "pronk.resume.choices[0].tokens"),
            (#"{"resume":{"choices":[{"tokens":[4294967296]}]}}"#, "pronk.resume.choices[0].tokens"),
            (#"{"resume":{"choices":[{"finished":1}]}}"#, "pronk.resume.choices[0].finished"),
            (#"{"resume":{"started":-1}}"#, "pronk.resume.started"),
            (#"{"resume":{"usageSent":"no"}}"#, "pronk.resume.usageSent"),
        ])
    func broken(pronk: String, param: String) {
        #expect {
            try decode(pronk)
        } throws: { error in
            (error as? APIError)?.param == param
        }
    }

    @Test("resumes streams alone, and only with the seed that they began with")
    func conditions() throws {
        let resume = #"{"resume":{"choices":[]}}"#
        #expect { try decode(resume, fields: #""seed":1"#) } throws: { ($0 as? APIError)?.param == "pronk.resume" }
        #expect { try decode(resume, fields: #""stream":true"#) } throws: { ($0 as? APIError)?.param == "seed" }
        #expect(try decode(resume, fields: #""stream":true,"temperature":0"#).resume != nil)
    }

    @Test("writes what blocks stand for as comment lines")
    func comments() {
        var bytes: [UInt8] = []
        StreamComments.appendStarted(choice: 0, to: &bytes)
        StreamComments.appendTokens([5, 128_009], choice: 2, to: &bytes)
        StreamComments.appendFinished(choice: 2, to: &bytes)
        StreamComments.appendUsage(Usage(promptTokens: 3, completionTokens: 4, cachedTokens: 1), to: &bytes)
        StreamComments.endBlock(&bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == ": started 0\n: tokens 2 5 128009\n: finished 2\n: usage 3 1 4\n\n")
    }
}
