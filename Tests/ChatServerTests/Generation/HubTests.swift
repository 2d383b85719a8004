import ChatServer
import Conversations
import Foundation
import GRDB
import Storage
import TestSupport
import Testing

@Suite("Answers on the server", .timeLimit(.minutes(3)))
struct HubTests {
    @Test("a question is stored with its answer, called with what was set and nothing else, and ends stored")
    func answers() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        var settings = ChatSettings()
        settings.temperature = 0.5
        settings.systemPrompt = "You help {{USER_NAME}}."
        let beginning = try await chatting.ask("Hi", settings: settings)
        let call = try await chatting.model.calls.next()
        #expect(call.request.messages == [.init(.system, "You help Ann."), .init(.user, "Hi")])
        #expect(call.request.settings.temperature == 0.5 && call.request.settings.topP == nil)
        #expect(call.request.caller == "ann" && call.request.model == "m" && !call.request.continuesLast)
        #expect(call.request.seed == beginning.answer.seed && beginning.answer.seed != nil)
        call.tell(.waiting(.init(state: "starting", percent: 40, remaining: 2, queued: 1)))
        let progress = try await page.read(until: "progress").json
        #expect(progress["state"] as? String == "starting" && progress["percent"] as? Int == 40)
        call.say("Hello")
        call.say(" Ann")
        try await page.read(untilText: "Hello Ann", of: beginning.answer.id)
        call.end("stop", usage: (12, 3))
        let end = try await page.read(until: "end").message
        #expect(end["state"] as? String == "done" && end["finishReason"] as? String == "stop")
        let stored = try #require(try await chatting.stored(beginning.answer))
        #expect(stored.content == "Hello Ann" && stored.state == .done && stored.usage?.completion == 3)
        #expect(await page.names.first == "models")
        let next = try await chatting.ask("And?", after: stored, in: beginning.chat)
        #expect(next.question?.parent == stored.id)
        #expect(try await chatting.model.calls.next().request.messages.count == 4)
    }

    @Test("a page that comes in the middle sees the text once, whenever it comes")
    func attaches() async throws {
        for seed in UInt64(0)..<40 {
            var random = SeededGenerator(seed: seed)
            let chatting = try Chatting()
            let beginning = try await chatting.ask("Hi")
            let call = try await chatting.model.calls.next()
            let pieces = (0..<60).map { "\($0) 模型🦙 ".prefix(Int.random(in: 1...9, using: &random)) }.map(String.init)
            let whole = pieces.joined()
            let arrivals = (0..<5).map { _ in Int.random(in: 0...pieces.count, using: &random) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, piece) in pieces.enumerated() {
                    for _ in arrivals.filter({ $0 == place }) {
                        let page = try await chatting.watch()
                        group.addTask {
                            let end = try await page.read(until: "end")
                            #expect(end.message["content"] as? String == whole, "seed \(seed)")
                        }
                    }
                    call.say(piece)
                    if Int.random(in: 0..<4, using: &random) == 0 { await Task.yield() }
                }
                let last = try await chatting.watch()
                group.addTask {
                    // Whether the text comes in the snapshot or after it: all of it, once, and then the end.
                    try await last.read(until: "end")
                    #expect(await last.texts[beginning.answer.id] == whole, "seed \(seed)")
                }
                call.end()
                try await group.waitForAll()
            }
        }
    }

    @Test("stop ends the call and keeps the text; continue goes on behind it, in the same message")
    func stopsAndContinues() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        let beginning = try await chatting.ask("Count")
        let call = try await chatting.model.calls.next()
        call.say("One two ")
        try await page.read(untilText: "One two ", of: beginning.answer.id)
        let stopped = await chatting.hub.stop(beginning.answer)
        #expect(stopped.state == .stopped && stopped.content == "One two ")
        try await call.cancelled.next()
        try await page.read(until: "end")
        #expect(try await chatting.stored(stopped)?.state == .stopped)
        let (continued, _) = try await chatting.hub.resume(stopped, in: beginning.chat, by: Chatting.person)
        #expect(continued.id == stopped.id && continued.state == .running)
        let second = try await chatting.model.calls.next()
        #expect(second.request.continuesLast)
        #expect(second.request.messages.last == .init(.assistant, "One two"))
        let error = await #expect(throws: SiteError.self) {
            _ = try await chatting.hub.resume(stopped, in: beginning.chat, by: Chatting.person)
        }
        #expect(error?.code == .alreadyRunning)
        second.say(" three")
        second.end()
        #expect(try await page.read(until: "end").message["content"] as? String == "One two three")
        #expect(try await chatting.stored(stopped)?.content == "One two three")
    }

    @Test("killed in the middle, an answer goes on to the byte, and pages see nothing twice")
    func restarts() async throws {
        let chatting = try Chatting()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        call.say("Some text 模型")
        // The first text is stored at once; what comes within the next second is lost with the program.
        try await chatting.waitUntilStored(beginning.answer) { !$0.content.isEmpty }
        call.say(" that is lost")
        let again = chatting.restarted()
        await again.hub.resumeAll()
        let repeated = try await again.model.calls.next()
        #expect(repeated.request == call.request)
        let page = try await again.watch()
        let snapshot = try await page.read(until: "snapshot")
        #expect(snapshot.message["content"] as? String == "Some text 模型")
        for piece in ["Some", " text 模", "型 that is", " lost", ", but not for long."] { repeated.say(piece) }
        repeated.end()
        let end = try await page.read(until: "end")
        #expect(end.message["content"] as? String == "Some text 模型 that is lost, but not for long.")
        #expect(end.message["state"] as? String == "done")
        #expect(await page.texts[beginning.answer.id] == "Some text 模型 that is lost, but not for long.")
    }

    @Test("an answer that was killed while it was continued is continued once more")
    func restartsContinued() async throws {
        let chatting = try Chatting()
        let beginning = try await chatting.ask("Count")
        var call = try await chatting.model.calls.next()
        call.say("One")
        call.end()
        try await chatting.waitUntilStored(beginning.answer) { $0.state == .done }
        _ = try await chatting.hub.resume(beginning.answer, in: beginning.chat, by: Chatting.person)
        call = try await chatting.model.calls.next()
        call.say(" two")
        try await chatting.waitUntilStored(beginning.answer) { $0.content == "One two" }
        let again = chatting.restarted()
        await again.hub.resumeAll()
        call = try await again.model.calls.next()
        #expect(call.request.continuesLast && call.request.messages.last == .init(.assistant, "One two"))
        call.say(" three")
        call.end()
        try await again.waitUntilStored(beginning.answer) { $0.state == .done }
        #expect(try await again.stored(beginning.answer)?.content == "One two three")
    }

    @Test("a shutdown keeps answers open, and ends the streams of events")
    func drains() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        call.say("Half")
        try await page.read(untilText: "Half", of: beginning.answer.id)
        call.say(" of it")
        try await page.read(untilText: "Half of it", of: beginning.answer.id)
        await chatting.hub.drain()
        try await page.readToEnd()
        #expect(await page.names.contains("end") == false)
        try await call.cancelled.next()
        let stored = try #require(try await chatting.stored(beginning.answer))
        #expect(stored.content == "Half of it" && stored.state == .running)
        let error = await #expect(throws: SiteError.self) { try await chatting.ask("More") }
        #expect(error?.code == .unavailable)
    }

    @Test("two tabs that send the same message get one answer")
    func twice() async throws {
        let chatting = try Chatting()
        let chat = chatting.newChat()
        let id = RandomID.make()
        async let first = chatting.hub.ask(
            "Hi", id: id, parent: nil, model: nil, in: chat, isNewChat: true, by: Chatting.person)
        async let second = chatting.hub.ask(
            "Hi", id: id, parent: nil, model: nil, in: chat, isNewChat: true, by: Chatting.person)
        let (one, two) = try await (first, second)
        #expect(one.answer.id == two.answer.id && one.isNew != two.isNew)
        let call = try await chatting.model.calls.next()
        call.end()
        // A second call would stand before this one.
        _ = try await chatting.ask("Other")
        #expect(try await chatting.model.calls.next().request.messages.last?.content == "Other")
        #expect(try await chatting.store.messages(of: one.chat).count == 2)
    }

    @Test("with a full disk pages see all of the text, and it is stored when there is room")
    func fullDisk() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        call.say("Before. ")
        try await chatting.waitUntilStored(beginning.answer) { !$0.content.isEmpty }
        try chatting.setRoom(false)
        let text = String(repeating: "Too long for the disk. ", count: 2_000)
        call.say(text)
        call.end()
        let end = try await page.read(until: "end")
        #expect(end.message["content"] as? String == "Before. " + text)
        let stored = try #require(try await chatting.stored(beginning.answer))
        #expect(stored.content == "Before. ")
        let tree = try await chatting.hub.tree(beginning.chat.id, owner: "ann")
        #expect(tree?.messages.last?.content == "Before. " + text)
        try chatting.setRoom(true)
        try await chatting.waitUntilStored(beginning.answer) { $0.state == .done }
        #expect(try await chatting.stored(beginning.answer)?.content == "Before. " + text)
        #expect(await page.names.filter { $0 == "end" }.count == 1)
    }

    @Test("what a full disk cannot take at the end of the program is said")
    func fullDiskAtTheEnd() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        call.say("Before. ")
        try await chatting.waitUntilStored(beginning.answer) { !$0.content.isEmpty }
        try chatting.setRoom(false)
        let text = String(repeating: "Too long for the disk. ", count: 2_000)
        call.say(text)
        try await page.read(untilText: "Before. " + text, of: beginning.answer.id)
        await chatting.hub.drain()
        let end = try await page.read(until: "end")
        #expect((end.message["error"] as? [String: Any])?["code"] as? String == "disk_full")
        #expect(end.message["content"] as? String == "Before. " + text)
    }

    @Test("a reader that is too slow loses its stream, and finds everything when it comes again")
    func slowReader() async throws {
        let chatting = try Chatting()
        let slow = try await chatting.watch()
        let quick = try await chatting.watch()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        for number in 0..<2_000 {
            call.tell(.waiting(.init(state: "starting", queued: number)))
            // The quick one reads along.
            if number % 50 == 49 {
                while try await quick.read(until: "progress").json["queued"] as? Int != number {}
            }
        }
        call.say("All of it")
        try await quick.read(untilText: "All of it", of: beginning.answer.id)
        try await slow.readToEnd()
        #expect(await slow.texts[beginning.answer.id] != "All of it")
        let again = try await chatting.watch()
        try await again.read(untilText: "All of it", of: beginning.answer.id)
        call.end()
        try await again.read(until: "end")
    }

    @Test("a prompt that the engine finds too long is shortened until it fits, and the answer says from where")
    func shortens() async throws {
        let chatting = try Chatting(directory: FakeDirectory([ModelState(id: "m", state: .ready)]))
        var beginning = try await chatting.ask("Question 0")
        for number in 1...6 {
            let call = try await chatting.model.calls.next()
            call.say("Answer to it, at some length.")
            call.end()
            try await chatting.waitUntilStored(beginning.answer) { $0.state == .done }
            beginning = try await chatting.ask("Question \(number)", after: beginning.answer, in: beginning.chat)
        }
        let refused = try await chatting.model.calls.next()
        #expect(refused.request.messages.count == 13)
        refused.fail("context_length_exceeded")
        let second = try await chatting.model.calls.next()
        #expect(second.request.messages.count < 13 && second.request.messages.last?.content == "Question 6")
        second.say("Yes.")
        second.end()
        try await chatting.waitUntilStored(beginning.answer) { $0.state == .done }
        let start = try #require(try await chatting.stored(beginning.answer)?.contextStart)
        let oldest = try #require(try await chatting.store.message(start, owner: "ann")?.message)
        #expect(oldest.content == second.request.messages.first?.content)
    }

    @Test("a question that is too long by itself is an error that says so")
    func tooLong() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        _ = try await chatting.ask("Long")
        try await chatting.model.calls.next().fail("context_length_exceeded")
        let end = try await page.read(until: "end").message
        #expect(end["state"] as? String == "failed")
        #expect((end["error"] as? [String: Any])?["code"] as? String == "context_length_exceeded")
    }

    @Test("an answer is not asked on while it is written, siblings are, and no account begins too many")
    func bounds() async throws {
        let chatting = try Chatting()
        let beginning = try await chatting.ask("Hi")
        var error = await #expect(throws: (any Error).self) {
            _ = try await chatting.ask("More", after: beginning.answer, in: beginning.chat)
        }
        #expect((error as? SiteError)?.code == .alreadyRunning)
        for _ in 1..<Limits.answersPerAccount {
            _ = try await chatting.hub.regenerate(
                beginning.answer, model: nil, in: beginning.chat, by: Chatting.person)
        }
        error = await #expect(throws: (any Error).self) { _ = try await chatting.ask("One more") }
        #expect((error as? SiteError)?.code == .limitReached)
        let seeds = try await chatting.store.messages(of: beginning.chat).compactMap(\.seed)
        #expect(Set(seeds).count == Limits.answersPerAccount)
    }

    @Test("whoever signs out gets no more events")
    func signsOut() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        await chatting.hub.signedOut(account: "ann", session: "other")
        await chatting.hub.signedOut(account: "ann", session: "s")
        try await page.readToEnd()
        #expect(await page.names == ["models", "signedOut"])
    }

    @Test("pages hear of models that change")
    func models() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        try await page.read(until: "models")
        chatting.directory.set([ModelState(id: "m", state: .starting, percent: 12)])
        let event = try await page.read(until: "models")
        let models = event.json["models"] as? [[String: Any]]
        #expect(models?.first?["state"] as? String == "starting" && models?.first?["percent"] as? Int == 12)
    }

    @Test("what is deleted is no longer written")
    func deleted() async throws {
        let chatting = try Chatting()
        let beginning = try await chatting.ask("Hi")
        let call = try await chatting.model.calls.next()
        chatting.hub.removed(beginning.chat.id, owner: "ann")
        try await call.cancelled.next()
    }
}

extension Chatting {
    /// Waits for what the hub stores on its own.
    func waitUntilStored(_ message: Message, _ isReached: (Message) -> Bool) async throws {
        while true {
            if let stored = try await stored(message), isReached(stored) { return }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// A full disk, as far as SQLite can tell.
    func setRoom(_ hasRoom: Bool) throws {
        try database.write { connection in
            let pages = try Int.fetchOne(connection, sql: "PRAGMA page_count") ?? 0
            try connection.execute(sql: "PRAGMA max_page_count = \(hasRoom ? 1_000_000 : pages)")
        }
    }
}
