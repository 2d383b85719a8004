import OpenAIAPI
import Tokenization

extension Endpoints {
    func tokenize(_ call: Call) throws -> Answer {
        let request = try JSONBody.decode(TokenizeRequest.self, from: call.body)
        try check(model: request.model)
        let tokenizer = model.tokenizer
        let tokens =
            switch request.input {
            case .text(let text):
                tokenizer.encode(text, addBOS: request.addsSpecialTokens && tokenizer.addsBOS, parsesSpecials: true)
            case .chat(let messages, let ending): try render(messages, ending)
            }
        return try .json(TokenizeResponse(tokens: tokens.map(\.rawValue), maxModelLength: model.contextLength))
    }

    func detokenize(_ call: Call) throws -> Answer {
        let request = try JSONBody.decode(DetokenizeRequest.self, from: call.body)
        try check(model: request.model)
        let tokens = try vocabularyTokens(request.tokens, param: "tokens")
        return try .json(DetokenizeResponse(prompt: model.tokenizer.decode(tokens, skipsSpecials: false)))
    }

    func vocabularyTokens(_ numbers: [Int32], param: String) throws(APIError) -> [TokenID] {
        let size = model.tokenizer.vocabularySize
        if let stranger = numbers.first(where: { !(0..<size ~= Int($0)) }) {
            throw APIError(
                .invalidValue, "'\(param)' holds \(stranger), but the vocabulary has the tokens 0 to \(size - 1).",
                param: param)
        }
        return numbers.map(TokenID.init(rawValue:))
    }
}
