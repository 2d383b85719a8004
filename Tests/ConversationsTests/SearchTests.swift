import Conversations
import Foundation
import TestSupport
import Testing

@Suite("Search")
struct SearchTests {
    private let fixture: ChatFixture

    init() throws { fixture = try ChatFixture() }

    private func texts(_ query: String) async throws -> [String] {
        try await fixture.found(query).map { $0.snippet.parts.map(\.text).joined() }
    }

    private func hits(_ query: String) async throws -> [[String]] {
        try await fixture.found(query).map { $0.snippet.parts.filter(\.hit).map(\.text) }
    }

    @Test(
        "finds Chinese by two characters, with or without brackets, by one, and within longer words",
        arguments: ["模型", "「模型」", "模", "大模型", "语言 模型", "「 大语言 」", "ＧＰＵ 模型", "模型 gp"])
    func chinese(query: String) async throws {
        try await fixture.ask("你好", reply: "今天天气很好，模具与类型不同。")
        let chat = try await fixture.ask("问题", reply: "这里介绍大语言的大模型，需要 GPU 才快。").chat
        let found = try await fixture.found(query)
        #expect(found.contains { $0.chat.id == chat.id })
        #expect(found.count == (query == "模" ? 2 : 1))
    }

    @Test("two characters on both sides of a comma are no word")
    func comma() async throws {
        try await fixture.ask("问题", reply: "我们看模型，型大的")
        #expect(try await fixture.found("模型大").isEmpty)
        #expect(try await hits("型大") == [["型大"]])
    }

    @Test(
        "finds words without regard to case and accents, and the last one by its beginning",
        arguments: [
            ("cafe creme", ["Café", "Crème"]), ("CAFÉ", ["Café"]), ("brule", ["brûlé"]), ("strasse", nil),
            ("straß", ["Straß"]), ("cr", ["Cr"]), ("caf creme", nil), ("ﬁne", ["ﬁne"]), ("fine", ["ﬁne"]),
            ("приве", ["Приве"]), ("서울", ["서울"]), ("東京", ["東京"]), ("とうき", ["とうき"]), ("snake case", ["snake", "case"]),
        ] as [(String, [String]?)])
    func folds(query: String, hits: [String]?) async throws {
        try await fixture.ask(
            "x", reply: "Café Crème brûlé, Straße, ﬁne; Привет! 서울에서 東京タワー とうきょう snake_case")
        #expect(try await self.hits(query) == (hits.map { [$0] } ?? []))
    }

    @Test("finds titles, and shows them when no message has the word")
    func titles() async throws {
        let chat = try await fixture.ask("Hello", reply: "Hi").chat
        _ = try await fixture.store.update(chat.id, owner: "ann", ChatChange(title: "Holiday in Norway"))
        let found = try await fixture.found("norw")
        #expect(found.map(\.message) == [nil])
        #expect(found.first?.snippet.parts.map(\.text) == ["Holiday in ", "Norw", "ay"])
        // The first title is no longer found, but for the question that says it.
        #expect(try await fixture.found("hello").map(\.message) != [nil])
    }

    @Test("gives one result for each chat, with its best message, and newer chats before older ones")
    func ranks() async throws {
        let old = try await fixture.ask("old", reply: "A llama is an animal.")
        fixture.pass(90 * 86_400_000)
        let new = try await fixture.ask("new", reply: "A llama is an animal.")
        let best = try await fixture.ask(
            "tell me more", after: new.answer, reply: "The llama: llama, llama and llama again.")
        let found = try await fixture.found("llama")
        #expect(found.map(\.chat.id) == [new.chat.id, old.chat.id])
        #expect(found.map(\.message) == [best.id, old.answer.id])
    }

    @Test("an answer can be found when it has ended, by its last text, and not by what the model thought")
    func answers() async throws {
        var answer = try await fixture.ask("x").answer
        answer.content = "halfway"
        answer.state = .running
        try await fixture.store.save([answer])
        #expect(try await fixture.found("halfway").isEmpty)
        answer.content = "<think>secretly pondering</think>finished text"
        answer.state = .done
        try await fixture.store.save([answer])
        #expect(try await fixture.found("finish").count == 1)
        #expect(try await fixture.found("pondering").isEmpty)
        answer.content = "another ending"
        try await fixture.store.save([answer])
        #expect(try await fixture.found("finish").isEmpty)
        #expect(try await texts("ending") == ["another ending"])
    }

    @Test("a snippet shows the place where most of the words are, on one line")
    func snippet() async throws {
        let filler = String(repeating: "lorem ipsum dolor ", count: 40)
        try await fixture.ask("x", reply: "apple \(filler)\n\n\tbanana and\napple pie \(filler)")
        let parts = try #require(try await fixture.found("apple banana").first?.snippet.parts)
        #expect(parts.filter(\.hit).map(\.text) == ["banana", "apple"])
        let text = parts.map(\.text).joined()
        #expect(text.contains("dolor banana and apple pie"))
        #expect(text.hasPrefix("…") && text.hasSuffix("…"))
        #expect(text.count < 200)
    }

    @Test(
        "takes any text as a query",
        arguments: [
            "", " ", "\"", "'", "*", "a*", "\"a", "a OR", "NOT", "a NEAR b", "words:", "-a", "^a", "(", "a\0b", "🎉",
            "👩‍👩‍👧", "\u{202e}", "\u{301}", "%", "_", "模\"型", "{a b} : c", String(repeating: "模型a ", count: 2_000),
            String(repeating: "x", count: 10_000), String(repeating: "型", count: 10_000),
        ])
    func anyText(query: String) async throws {
        try await fixture.ask("a OR NOT NEAR words 模型", reply: "x")
        _ = try await fixture.found(query)
    }

    @Test("whatever stands in a text finds it", arguments: 1...20)
    func property(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("模型大语言的是ab cdeÉüß01 ，。\"*-_\n🎉かなカナ서울กข")
        for _ in 0..<20 {
            let text = String((0..<60).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            let answer = try await fixture.ask("-", reply: text).answer
            // A piece from one word's beginning: what is before it would be another word.
            let words = text.indices.filter { index in
                index == text.startIndex || text[text.index(before: index)].isWhitespace
            }
            guard let start = words.randomElement(using: &random) else { continue }
            let piece = text[start...].prefix(Int.random(in: 1...20, using: &random))
            let query = SearchQuery(String(piece))
            guard !query.isEmpty else { continue }
            let found = try await fixture.store.search(query, owner: "ann", limit: 50)
            #expect(found.contains { $0.message == answer.id }, "seed \(seed): \(piece) in \(text)")
            for result in found {
                #expect(result.snippet.parts.contains { $0.hit }, "seed \(seed): \(piece), \(result.snippet)")
            }
        }
    }
}
