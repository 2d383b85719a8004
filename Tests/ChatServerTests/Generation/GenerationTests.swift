import ChatServer
import Conversations
import TestSupport
import Testing

@Suite("One answer while it is written")
struct GenerationTests {
    private func answer(_ content: String = "", state: Message.State = .waiting) -> Message {
        Message(id: "a", chat: "c", parent: "q", role: .assistant, content: content, created: 1_000, state: state)
    }

    @Test("text grows, and its places are counted in UTF-16 units")
    func grows() {
        var generation = Generation(answer(), start: .fresh, now: 1_000)
        #expect(generation.handle(.told(.text("🦙")), now: 1_200) == [.show(at: 0, text: "🦙")])
        #expect(generation.handle(.told(.text("模型")), now: 1_300) == [.show(at: 2, text: "模型")])
        _ = generation.handle(.told(.usage(.init(prompt: 9, cached: 1, completion: 2))), now: 1_300)
        _ = generation.handle(.told(.finished("length")), now: 1_300)
        #expect(generation.handle(.callEnded, now: 1_500) == [.end])
        #expect(generation.message.content == "🦙模型" && generation.message.state == .done)
        #expect(generation.message.finishReason == "length" && generation.message.usage?.prompt == 9)
        #expect(generation.message.timing == .init(firstToken: 200, total: 500))
        #expect(generation.handle(.told(.text("late")), now: 2_000).isEmpty)
    }

    @Test("after a restart the same text is not shown again, however it is cut")
    func replays() {
        let stored = "Ein Lama 🦙 springt"
        let whole = stored + " über den Zaun 模型。"
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            var generation = Generation(answer(stored, state: .running), start: .repeated, now: 9_000)
            var shown = ""
            var rest = whole[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...6, using: &random))
                rest = rest.dropFirst(piece.count)
                for action in generation.handle(.told(.text(String(piece))), now: 9_100) {
                    guard case .show(let place, let text) = action else {
                        Issue.record("seed \(seed): \(action)")
                        continue
                    }
                    #expect(place == (stored + shown).utf16.count, "seed \(seed)")
                    shown += text
                }
            }
            #expect(generation.handle(.callEnded, now: 9_200) == [.end])
            #expect(stored + shown == whole && generation.message.content == whole, "seed \(seed)")
        }
    }

    @Test(
        "other text after a restart ends the answer, and keeps what is stored", arguments: ["One tow", "On", "Other"])
    func interrupted(said: String) {
        var generation = Generation(answer("One two", state: .running), start: .repeated, now: 9_000)
        _ = generation.handle(.told(.text(said)), now: 9_100)
        _ = generation.handle(.callEnded, now: 9_100)
        #expect(generation.message.content == "One two" && generation.message.state == .failed)
        #expect(generation.message.error?.code == "interrupted")
    }

    @Test("thoughts that come apart stand before the answer, marked")
    func thoughts() {
        var generation = Generation(answer(), start: .fresh, now: 0)
        for event in [CompletionEvent.reasoning("so"), .reasoning(" so"), .text("Yes"), .text("!")] {
            _ = generation.handle(.told(event), now: 1)
        }
        #expect(generation.message.content == "<think>\nso so\n</think>\n\nYes!")
    }

    @Test("a continued answer goes on without the blank at its end, and its usage is that of one answer")
    func continued() {
        var message = answer("One two \n", state: .stopped)
        message.usage = .init(prompt: 10, cached: 0, completion: 4)
        var generation = Generation(message, start: .continued, now: 5_000)
        #expect(generation.handle(.told(.text(" three")), now: 5_100) == [.show(at: 7, text: " three")])
        _ = generation.handle(.told(.usage(.init(prompt: 14, cached: 12, completion: 3))), now: 5_200)
        _ = generation.handle(.callEnded, now: 5_200)
        #expect(generation.message.content == "One two three")
        #expect(generation.message.usage == .init(prompt: 10, cached: 0, completion: 7))
    }

    @Test("a gateway that is not there yet is called again, and given up after a while")
    func unreachable() {
        var generation = Generation(answer(), start: .fresh, now: 0)
        let error = CompletionError(status: 0, code: "unreachable", message: "no socket")
        var calls = 0
        while case .call(let wait)? = generation.handle(.callFailed(error), now: 0).first {
            #expect(wait > 0)
            calls += 1
            generation.prepare(contextStart: nil)
        }
        #expect(10...100 ~= calls)
        #expect(generation.message.error?.code == "unreachable")
    }

    @Test("a full context asks for less history; one that fails in the middle keeps its text")
    func failures() {
        var generation = Generation(answer(), start: .fresh, now: 0)
        let full = CompletionError(status: 400, code: "context_length_exceeded", message: "too long")
        #expect(generation.handle(.callFailed(full), now: 0) == [.shorten])
        _ = generation.handle(.told(.text("Half")), now: 1)
        let lost = CompletionError(status: 200, code: "instance_lost", message: "The instance failed.")
        #expect(generation.handle(.callFailed(lost), now: 2) == [.end])
        #expect(generation.message.content == "Half" && generation.message.state == .failed)
        #expect(generation.message.error == .init(code: "instance_lost", message: "The instance failed."))
    }

    @Test("waiting is told when it changes, and over with the first text")
    func waiting() {
        var generation = Generation(answer(), start: .fresh, now: 0)
        let state = WakeState(state: "starting", percent: 10, remaining: 3, queued: 1)
        #expect(generation.handle(.told(.waiting(state)), now: 1) == [.showWaiting(state)])
        #expect(generation.handle(.told(.waiting(state)), now: 2).isEmpty)
        #expect(generation.progress == state)
        _ = generation.handle(.told(.text("x")), now: 3)
        #expect(generation.progress == nil)
        #expect(generation.handle(.stopped, now: 4) == [.cancelCall, .end])
        #expect(generation.message.state == .stopped)
    }
}
