import ChatServer
import Conversations
import Foundation
import TestSupport
import Testing

@Suite("Prompts")
struct PromptTests {
    private let variables = PromptVariables(
        userName: "Ann {{CURRENT_DATE}}", language: "zh-CN", timeZone: .gmt, milliseconds: 1_741_444_500_000)

    @Test("variables are filled in once, unknown ones stay")
    func fills() {
        let text = "{{USER_NAME}}|{{ CURRENT_DATE }}|{{CURRENT_TIME}}|{{CURRENT_DATETIME}}|{{CURRENT_WEEKDAY}}|"
        #expect(
            variables.filled(into: text + "{{USER_LANGUAGE}}|{{OTHER}}|{{")
                == "Ann {{CURRENT_DATE}}|2025-03-08|14:35|2025-03-08 14:35|星期六|简体中文|{{OTHER}}|{{")
    }

    @Test("thoughts, empty answers and double questions are put in order")
    func order() throws {
        let branch = [
            message("q1", .user, "one"), message("a1", .assistant, "<think>\nhm\n</think>\n\nOne."),
            message("q2", .user, "two"), message("a2", .assistant, "", state: .failed),
            message("q3", .user, "three"), message("a3", .assistant, "half", state: .failed),
            message("q4", .user, "four"), message("a4", .assistant, "begun by the template\n</think>\n\nFour."),
            message("q5", .user, "five"),
        ]
        let prompt = try #require(Prompt(source(branch, system: "Be kind.", context: nil)))
        #expect(
            prompt.messages == [
                .init(.system, "Be kind."), .init(.user, "one"), .init(.assistant, "One."),
                .init(.user, "two\n\nthree"), .init(.assistant, "half"), .init(.user, "four"),
                .init(.assistant, "Four."), .init(.user, "five"),
            ])
        #expect(prompt.contextStart == nil && !prompt.continuesLast)
    }

    @Test("an answer that goes on stays as it is, thoughts and all")
    func continues() throws {
        let branch = [message("q1", .user, "one"), message("a1", .assistant, "<think>\nhm")]
        let prompt = try #require(Prompt(source(branch, context: nil)))
        #expect(prompt.continuesLast && prompt.messages.last == .init(.assistant, "<think>\nhm"))
    }

    @Test("whatever the engine counts, a prompt that fits is found, in order, with the newest question")
    func trims() throws {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed)
            let engine = Engine(
                context: Int.random(in: 200...2_000, using: &random),
                bytesPerToken: Double.random(in: 1...6, using: &random))
            let system = Bool.random(using: &random) ? words(20, &random) : nil
            var branch: [Message] = []
            for turn in 0..<Int.random(in: 0...30, using: &random) {
                branch.append(message("q\(turn)", .user, words(Int.random(in: 1...120, using: &random), &random)))
                var answer = message("a\(turn)", .assistant, words(Int.random(in: 1...200, using: &random), &random))
                if Bool.random(using: &random) {
                    answer.usage = .init(
                        prompt: Int.random(in: 1...3_000, using: &random), cached: 0,
                        completion: engine.tokens(answer.content))
                }
                branch.append(answer)
            }
            branch.append(message("last", .user, words(8, &random)))
            let source = source(branch, system: system, context: Bool.random(using: &random) ? engine.context : nil)
            var prompt = try #require(Prompt(source))
            var calls = 1
            while !engine.takes(prompt) {
                let shorter = try #require(Prompt(source, after: prompt), "seed \(seed): nothing left")
                #expect(shorter.messages.count < prompt.messages.count, "seed \(seed)")
                prompt = shorter
                calls += 1
            }
            #expect(calls <= 40, "seed \(seed)")
            check(prompt, source, seed)
        }
    }

    @Test("with an engine's own counts a prompt is right at once")
    func exact() throws {
        let engine = Engine(context: 1_000, bytesPerToken: 2)
        var branch: [Message] = []
        for turn in 0..<40 {
            branch.append(message("q\(turn)", .user, String(repeating: "word ", count: 10 + turn % 7)))
            var answer = message("a\(turn)", .assistant, String(repeating: "text ", count: 12 + turn % 5))
            let prompt = Prompt(source(branch, context: nil))
            answer.usage = .init(
                prompt: try engine.tokens(#require(prompt)), cached: 0, completion: engine.tokens(answer.content))
            branch.append(answer)
        }
        branch.append(message("last", .user, "And now?"))
        let prompt = try #require(Prompt(source(branch, context: engine.context)))
        #expect(engine.takes(prompt))
        #expect(engine.tokens(prompt) > engine.context * 2 / 5, "much more could have been kept")
        let start = try #require(prompt.contextStart)
        let again = try #require(Prompt(source(branch, context: nil, start: start)))
        #expect(again.messages == prompt.messages)
    }

    @Test("nothing can be left out of a single question")
    func single() throws {
        let source = source([message("q", .user, words(5_000))], system: "s", context: 100)
        let prompt = try #require(Prompt(source))
        #expect(!prompt.canShrink && Prompt(source, after: prompt) == nil)
    }

    private func check(_ prompt: Prompt, _ source: Prompt.Source, _ seed: UInt64) {
        #expect(prompt.messages.last == .init(.user, source.branch.last?.content ?? ""), "seed \(seed)")
        let turns = prompt.messages.filter { $0.role != .system }
        #expect(turns.map(\.content) == source.branch.suffix(turns.count).map(\.content), "seed \(seed)")
        #expect(turns.first?.role == .user, "seed \(seed): half a turn")
        #expect(prompt.messages.contains { $0.role == .system } == (source.systemPrompt != nil), "seed \(seed)")
        let start = source.branch[source.branch.count - turns.count].id
        #expect(prompt.contextStart == (turns.count == source.branch.count ? nil : start), "seed \(seed)")
    }

    private struct Engine {
        let context: Int
        let bytesPerToken: Double

        func tokens(_ text: String) -> Int { Int((Double(text.utf8.count) / bytesPerToken).rounded(.up)) }
        func tokens(_ prompt: Prompt) -> Int { prompt.messages.reduce(3) { $0 + tokens($1.content) + 4 } }
        func takes(_ prompt: Prompt) -> Bool { tokens(prompt) < context }
    }

    private func source(
        _ branch: [Message], system: String? = nil, context: Int?, start: String? = nil
    ) -> Prompt.Source {
        Prompt.Source(
            branch: branch, systemPrompt: system, variables: variables, contextLength: context, answerTokens: 512,
            contextStart: start)
    }

    private func message(
        _ id: String, _ role: Message.Role, _ content: String, state: Message.State = .done
    ) -> Message {
        Message(id: id, chat: "c", parent: nil, role: role, content: content, created: 0, state: state)
    }

    private func words(_ count: Int) -> String {
        var random = SeededGenerator(seed: 1)
        return words(count, &random)
    }

    private func words(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in ["llama", "模型", "of", "über", "🦙"].randomElement(using: &random) ?? "" }
            .joined(separator: " ")
    }
}
