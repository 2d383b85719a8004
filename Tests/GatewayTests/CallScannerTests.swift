import Foundation
import Gateway
import NIOCore
import OpenAIAPI
import Testing
import TestSupport

@Suite("Scanning a call's body")
struct CallScannerTests {
    private func scan(_ text: String) throws(APIError) -> CallFields {
        let buffer = ByteBuffer(string: text)
        return try CallScanner.scan(buffer.readableBytesUInt8Span)
    }

    @Test("finds the fields at the top alone")
    func fields() throws {
        let text =
            #" {"x":{"model":"no","n":9},"n": 2 ,"stream":true,"model":"a\u0062","max_tokens":5,"prompt":["a","b"]} "#
        let fields = try scan(text)
        #expect(fields.model == "ab")
        #expect(fields.choices == 2)
        #expect(fields.prompts == 2)
        #expect(fields.sequences == 4)
        #expect(fields.isStreamed)
        #expect(fields.maximumTokens == 5)
        #expect(Array(text.utf8)[fields.closingBrace] == UInt8(ascii: "}"))
        #expect(try scan(#"{"prompt":[1,2,3]}"#).prompts == 1)
        #expect(try scan(#"{"prompt":[[1],[2],[3]]}"#).prompts == 3)
    }

    @Test("agrees with Foundation about what is JSON, for texts with random damage")
    func fuzz() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let whole = Array(
            #"{"model":"m","a":[1,-2.5e3,{"b":null}],"c":"x\n\u00e9","stream":false,"messages":[{"role":"user"}]}"#.utf8
        )
        let marks = Array("{}[]\",:\\01e-.truefalsn \n".utf8)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &random)], at: place)
                default: bytes[place] = marks[Int.random(in: 0..<marks.count, using: &random)]
                }
            }
            let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let fields = try CallScanner.scan(bytes.span)
                #expect(object != nil, "seed \(seed): \(text)")
                #expect(fields.model == object?["model"] as? String, "seed \(seed): \(text)")
                // What is spliced in stands at the top level, whatever the damage.
                var splice = BodySplice(fields)
                splice.fillIn(.init(maxTokens: 77))
                let result = splice.apply(to: ByteBuffer(bytes: bytes), allocator: ByteBufferAllocator())
                let made = try? JSONSerialization.jsonObject(with: Data(result.readableBytesView)) as? [String: Any]
                if object?.isEmpty == false { #expect(made?["max_tokens"] as? Int == 77, "seed \(seed): \(text)") }
            } catch  where error.code == .invalidJSON {
                // Foundation lets a comma before a bracket pass; a field could not be added behind it.
                #expect(object == nil || text.contains(/,\s*[}\]]/), "seed \(seed): \(text)")
            } catch {
                // Valid JSON with a field that we refuse.
            }
        }
    }

    @Test("deep nesting is refused, not followed")
    func nesting() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let inner = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
            #expect(throws: APIError.self) { try self.scan(#"{"model":"m","x":\#(inner)}"#) }
        }
    }

    @Test("numbers that are no counts are left to the engine")
    func numbers() throws {
        let fields = try scan(#"{"model":"m","n":1e3,"max_tokens":99999999999999999999,"seed":1.5}"#)
        #expect(fields.choices == 1)
        #expect(fields.maximumTokens == nil)
        #expect(fields.seed != nil)
    }
}
