import Conversations
import Testing

@Suite("Chats in the database")
struct ChatStoreTests {
    private let fixture: ChatFixture
    private var store: ChatStore { fixture.store }

    init() throws { fixture = try ChatFixture() }

    @Test("a question begins a chat with its first line as title, and opens its branch")
    func begins() async throws {
        let begun = try await fixture.ask("## **Why** is the sky blue?\nPlease explain.")
        #expect(begun.isNew)
        #expect(begun.chat.title == "Why is the sky blue?")
        #expect(begun.chat.leaf == begun.answer.id)
        #expect(begun.chat.isRunning)
        let tree = try #require(try await store.tree(begun.chat.id, owner: "ann"))
        #expect(tree.chat == begun.chat)
        #expect(tree.messages == [begun.question, begun.answer])
        #expect(try await store.openAnswers().map(\.message) == [begun.answer])
    }

    @Test("the same question twice changes nothing and answers the same, also from two tabs at once")
    func idempotent() async throws {
        let chat = fixture.newChat()
        let question = fixture.question("Hello", in: chat.id)
        let begun = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                // Each attempt brings an answer with an id of its own, as a server does.
                let answer = fixture.answer(to: question)
                group.addTask { [store] in
                    try await store.begin(chat: chat, question: question, answer: answer, owner: "ann")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(begun.filter { $0?.isNew == true }.count == 1)
        #expect(Set(begun.map { $0?.answer.id }).count == 1)
        #expect(try await store.messages(of: chat).count == 2)
        // Without an id of its own the question is known by its chat's.
        let other = fixture.question("Hello", in: chat.id)
        let again = try await store.begin(
            chat: chat, question: other, answer: fixture.answer(to: other), owner: "ann")
        #expect(again?.question?.id == question.id)
        #expect(again?.isNew == false)
    }

    @Test("two tabs that go on from the same answer make siblings, and lose nothing")
    func twoTabs() async throws {
        let begun = try await fixture.ask("Hello", reply: "Hi!")
        try await withThrowingTaskGroup { group in
            for tab in 0..<6 {
                group.addTask { [fixture] in
                    try await fixture.ask("from tab \(tab)", after: begun.answer, reply: "for tab \(tab)")
                }
            }
            try await group.waitForAll()
        }
        let messages = try await store.messages(of: begun.chat)
        #expect(messages.count == 14)
        let tree = MessageTree(messages)
        #expect(tree.isWhole)
        let chat = try #require(try await store.chat(begun.chat.id, owner: "ann"))
        let branch = tree.branch(endingAt: chat.leaf)
        #expect(branch.count == 4)
        #expect(tree.siblings(of: branch[2].id).count == 6)
        #expect(try await store.branch(endingAt: try #require(chat.leaf)) == branch)
    }

    @Test("nothing is put where it does not belong")
    func misplaced() async throws {
        let begun = try await fixture.ask("Hello")
        let other = try await fixture.ask("Other", reply: "Yes")
        let question = try #require(begun.question)
        func code(_ question: Message?, _ answer: Message) async -> ConversationsError.Code? {
            do {
                _ = try await store.begin(question: question, answer: answer, owner: "ann")
                return nil
            } catch {
                return (error as? ConversationsError)?.code
            }
        }
        let early = fixture.question("Too early", in: begun.chat.id, under: begun.answer.id)
        #expect(await code(early, fixture.answer(to: early)) == .alreadyRunning)
        let foreign = fixture.question("Elsewhere", in: begun.chat.id, under: other.answer.id)
        #expect(await code(foreign, fixture.answer(to: foreign)) == .misplaced)
        let underQuestion = fixture.question("Again", in: begun.chat.id, under: question.id)
        #expect(await code(underQuestion, fixture.answer(to: underQuestion)) == .misplaced)
        #expect(await code(nil, fixture.answer(to: begun.answer)) == .misplaced)
        let long = fixture.question(String(repeating: "a", count: Limits.messageBytes + 1), in: begun.chat.id)
        #expect(await code(long, fixture.answer(to: long)) == .invalid)
        let taken = fixture.question("Mine", in: other.chat.id, id: question.id)
        #expect(await code(taken, fixture.answer(to: taken)) == .idTaken)
        #expect(try fixture.count("message") == 4)
    }

    @Test("another answer to the same question is its sibling")
    func regenerates() async throws {
        let begun = try await fixture.ask("Hello", reply: "Hi!")
        let question = try #require(begun.question)
        let again = try #require(
            try await store.begin(question: nil, answer: fixture.answer(to: question), owner: "ann"))
        #expect(again.question == nil)
        #expect(again.chat.leaf == again.answer.id)
        let tree = MessageTree(try await store.messages(of: begun.chat))
        #expect(tree.siblings(of: again.answer.id).map(\.id) == [begun.answer.id, again.answer.id])
    }

    @Test("many answers are saved at once, and one that was stopped can be continued")
    func saves() async throws {
        var answers: [Message] = []
        for number in 0..<5 { answers.append(try await fixture.ask("Question \(number)").answer) }
        for index in answers.indices {
            answers[index].content = "Text \(index)"
            answers[index].state = .running
        }
        var gone = answers[0]
        gone.id = "gone"
        try await store.save(answers + [gone])
        #expect(try await store.openAnswers().map(\.message) == answers)
        answers[2].state = .stopped
        answers[2].error = .init(code: "x", message: "y")
        answers[2].usage = .init(prompt: 1, cached: 2, completion: 3)
        answers[2].timing = .init(firstToken: 4, total: 5)
        answers[2].finishReason = "length"
        answers[2].contextStart = "z"
        answers[2].seed = .max
        try await store.save([answers[2]])
        #expect(try await store.message(answers[2].id, owner: "ann")?.message == answers[2])
        let open = try #require(try await store.continueAnswer(answers[2].id, owner: "ann"))
        #expect(open.message.state == .running)
        #expect(open.message.error == nil)
        #expect(open.message.content == "Text 2")
        await #expect(throws: ConversationsError.self) {
            try await store.continueAnswer(answers[2].id, owner: "ann")
        }
    }

    @Test("a NUL in a text loses nothing of what comes after it")
    func null() async throws {
        let begun = try await fixture.ask("one\0two", reply: "three\0four")
        #expect(begun.question?.content == "one\u{fffd}two")
        let messages = try await store.messages(of: begun.chat)
        #expect(messages.map(\.content) == ["one\u{fffd}two", "three\u{fffd}four"])
        #expect(try await store.update(begun.chat.id, owner: "ann", ChatChange(title: "a\0b"))?.title == "a\u{fffd}b")
        #expect(try await store.chat(begun.chat.id, owner: "ann")?.title == "a\u{fffd}b")
    }

    @Test("pages of the list show every chat once, pinned ones first, whatever shares a millisecond")
    func pages() async throws {
        var ids: [String] = []
        for number in 0..<23 {
            ids.append(try await fixture.ask("Chat \(number)", reply: "a").chat.id)
            if number % 5 == 0 { fixture.pass(1) }
        }
        for id in [ids[3], ids[17]] { _ = try await store.update(id, owner: "ann", ChatChange(isPinned: true)) }
        var seen: [Chat] = []
        var cursor: ChatCursor?
        repeat {
            let page = try await store.chats(owner: "ann", before: cursor, limit: 4)
            #expect(page.chats.count <= 4 + 2)
            seen += page.chats
            // As it travels: by its text.
            cursor = page.next.flatMap { ChatCursor($0.description) }
        } while cursor != nil
        #expect(seen.prefix(2).map(\.id) == [ids[17], ids[3]])
        #expect(seen.dropFirst(2).map(\.id) == ids.filter { $0 != ids[3] && $0 != ids[17] }.reversed())
        #expect(try await store.counts() == ["ann": 23])
    }

    @Test("a person's title stays; a model's replaces the first line's")
    func titles() async throws {
        let chat = try await fixture.ask("Hello").chat
        #expect(try await store.setModelTitle("A greeting", of: chat.id, owner: "ann")?.title == "A greeting")
        let named = try await store.update(chat.id, owner: "ann", ChatChange(title: "  Mine\n "))
        #expect(named?.title == "Mine")
        #expect(try await store.setModelTitle("Another", of: chat.id, owner: "ann") == nil)
        #expect(try await store.chat(chat.id, owner: "ann")?.title == "Mine")
    }

    @Test("what is changed is checked")
    func checks() async throws {
        let begun = try await fixture.ask("Hello")
        let other = try await fixture.ask("Other")
        var settings = ChatSettings()
        settings.temperature = 2.1
        let changes = [
            ChatChange(title: " \n"), ChatChange(title: String(repeating: "a", count: 201)), ChatChange(model: ""),
            ChatChange(settings: settings), ChatChange(leaf: other.answer.id), ChatChange(leaf: "none"),
        ]
        for change in changes {
            await #expect(throws: ConversationsError.self, "\(change)") {
                try await store.update(begun.chat.id, owner: "ann", change)
            }
        }
        settings.temperature = 0.5
        settings.stop = ["\n"]
        let changed = try #require(
            try await store.update(
                begun.chat.id, owner: "ann",
                ChatChange(model: "other", settings: settings, leaf: begun.question?.id)))
        #expect(try await store.chat(begun.chat.id, owner: "ann") == changed)
        #expect(changed.settings == settings)
        #expect(changed.leaf == begun.question?.id)
        for _ in 0..<Limits.pinnedChats {
            let id = try await fixture.ask("Pinned").chat.id
            _ = try await store.update(id, owner: "ann", ChatChange(isPinned: true))
        }
        await #expect(throws: ConversationsError.self) {
            try await store.update(other.chat.id, owner: "ann", ChatChange(isPinned: true))
        }
    }

    @Test("a deleted chat is nowhere, comes back whole, and is gone for good when its hour is over")
    func deletes() async throws {
        let begun = try await fixture.ask("Hello world", reply: "Hi!")
        let kept = try await fixture.ask("Kept", reply: "Yes").chat.id
        let id = begun.chat.id
        #expect(try await store.delete(id, owner: "ann"))
        #expect(try await !store.delete(id, owner: "ann"))
        #expect(try await store.chat(id, owner: "ann") == nil)
        #expect(try await store.message(begun.answer.id, owner: "ann") == nil)
        #expect(try await store.chats(owner: "ann").chats.map(\.id) == [kept])
        #expect(try await fixture.found("world") == [])
        #expect(try await store.restore(id, owner: "ann")?.id == id)
        #expect(try await fixture.found("world").map(\.chat.id) == [id])
        #expect(try await store.delete(id, owner: "ann"))
        #expect(try await store.purge(deletedBefore: fixture.now) == 0)
        fixture.pass(1)
        #expect(try await store.purge(deletedBefore: fixture.now) == 1)
        #expect(try await store.restore(id, owner: "ann") == nil)
        #expect(try fixture.count("message") == 2)
        #expect(try fixture.count("search_token") == 3)
    }

    @Test("an account's end leaves nothing of it")
    func removesAll() async throws {
        let begun = try await fixture.ask("Hello", reply: "Hi!")
        _ = try await store.share(begun.chat.id, owner: "ann", audience: .anyone)
        try await fixture.ask("Hello", owner: "bob", reply: "Hi!")
        try await store.removeAll(owner: "ann")
        for (table, rows) in [("chat", 1), ("message", 2), ("search_entry", 3), ("search_token", 3), ("share", 0)] {
            #expect(try fixture.count(table) == rows, "\(table)")
        }
        #expect(try await store.counts() == ["bob": 1])
    }

    @Test("what is somebody else's does not exist")
    func foreign() async throws {
        let begun = try await fixture.ask("Secret", reply: "Quite")
        let id = begun.chat.id
        let share = try #require(try await store.share(id, owner: "ann", audience: .anyone))
        #expect(try await store.chat(id, owner: "bob") == nil)
        #expect(try await store.tree(id, owner: "bob") == nil)
        #expect(try await store.message(begun.answer.id, owner: "bob") == nil)
        #expect(try await store.update(id, owner: "bob", ChatChange(title: "Mine")) == nil)
        #expect(try await store.setModelTitle("Mine", of: id, owner: "bob") == nil)
        #expect(try await !store.delete(id, owner: "bob"))
        #expect(try await store.continueAnswer(begun.answer.id, owner: "bob") == nil)
        #expect(try await store.shares(of: id, owner: "bob") == nil)
        #expect(try await store.share(id, owner: "bob", audience: .anyone) == nil)
        #expect(try await !store.revoke(share: share.id, owner: "bob"))
        #expect(try await store.chatIDs(owner: "bob") == [])
        #expect(try await fixture.found("secret", owner: "bob") == [])
        let question = fixture.question("Let me in", in: id, under: begun.answer.id)
        #expect(
            try await store.begin(question: question, answer: fixture.answer(to: question), owner: "bob") == nil)
        // An id that is taken says no more than that.
        let chat = fixture.newChat(id, owner: "bob")
        let first = fixture.question("Mine", in: id)
        await #expect(throws: ConversationsError.self) {
            try await store.begin(chat: chat, question: first, answer: fixture.answer(to: first), owner: "bob")
        }
        #expect(try await store.delete(id, owner: "ann"))
        #expect(try await store.restore(id, owner: "bob") == nil)
        #expect(try await store.chat(id, owner: "ann") == nil)
    }
}
