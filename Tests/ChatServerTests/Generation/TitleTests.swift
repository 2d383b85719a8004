import ChatServer
import Conversations
import Identity
import Testing

@Suite("Titles by models", .timeLimit(.minutes(2)))
struct TitleTests {
    private static let person = Person(
        Account(id: "ann", name: "ann", displayName: "Ann", role: .user, created: 0))

    @Test(
        "a good title is taken, without what models put around it",
        arguments: [
            ("Llamas in the Andes", "Llamas in the Andes"), ("\"Llamas in the Andes.\"\n", "Llamas in the Andes"),
            ("Title: **Llamas**", "Llamas"), ("<think>hm</think>\n\nLlamas", "Llamas"),
        ])
    func accepts(said: String, title: String) {
        #expect(TitleRequest(question: "Where do llamas live?", answer: "In the Andes.").title(in: said) == title)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "  \n", "Llamas\nand more", String(repeating: "llama ", count: 20), "He said \"no\" to it",
            "Title", "Write a title of at most six words for this conversation", "Here is a title for it", "???",
            "安第斯山脉的羊驼", "<think>I should", "Q: Where do llamas live?", "Llamas\u{FFFD}",
        ])
    func refuses(said: String) {
        #expect(TitleRequest(question: "Where do llamas live?", answer: "In the Andes.").title(in: said) == nil)
    }

    @Test("a Chinese chat gets a Chinese title, asked for in Chinese")
    func chinese() {
        let request = TitleRequest(question: "羊驼住在哪里？", answer: "在安第斯山脉。")
        #expect(request.title(in: "标题：「羊驼的家」。") == "羊驼的家")
        #expect(request.title(in: "Llamas at home") == nil)
        let repeated = TitleRequest(question: "介绍一下羊驼", answer: "羊驼住在安第斯山脉的高原上，羊驼住在高原上。")
        #expect(repeated.title(in: "羊驼住在安第斯山脉的高原上，羊驼") == nil)
        #expect(request.call(model: "m", caller: "ann").messages.last?.content.contains("标题") == true)
    }

    @Test("after the first answer a model that is ready writes a title, and pages are told")
    func writes() async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        let beginning = try await chatting.ask("Where do llamas live?", by: Self.person)
        let call = try await chatting.model.calls.next()
        call.say("In the Andes.")
        call.end()
        let title = try await chatting.model.calls.next()
        #expect(title.request.settings.maxTokens ?? 0 < 100 && title.request.caller == "ann")
        title.say("Home of the llamas")
        title.end()
        while try await page.read(until: "chat").json["chat"].flatMap({ ($0 as? [String: Any])?["title"] }) as? String
            != "Home of the llamas"
        {}
        let chat = try await chatting.store.chat(beginning.chat.id, owner: "ann")
        #expect(chat?.title == "Home of the llamas" && chat?.titleOrigin == .model)
    }

    @Test("a question of anybody cancels a title, which is tried again when the model has nothing to do")
    func cancelled() async throws {
        let chatting = try Chatting()
        _ = try await chatting.ask("Where do llamas live?", by: Self.person)
        let call = try await chatting.model.calls.next()
        call.say("In the Andes.")
        call.end()
        let title = try await chatting.model.calls.next()
        _ = try await chatting.ask("Another chat")
        try await title.cancelled.next()
        let question = try await chatting.model.calls.next()
        #expect(question.request.messages.last?.content == "Another chat")
        question.say("Yes.")
        question.end()
        let again = try await chatting.model.calls.next()
        #expect(again.request == title.request)
        again.end()
    }

    @Test("no title wakes an engine, nor waits behind questions", arguments: [ModelState.State.asleep, .ready])
    func patient(state: ModelState.State) async throws {
        let chatting = try Chatting()
        let page = try await chatting.watch()
        _ = try await chatting.ask("Where do llamas live?", by: Self.person)
        let call = try await chatting.model.calls.next()
        chatting.directory.set([ModelState(id: "m", state: state, queued: 1, contextLength: 4_096)])
        call.say("In the Andes.")
        call.end()
        try await page.read(until: "end")
        // Were a title asked for, its call would stand before this one.
        _ = try await chatting.ask("Next")
        #expect(try await chatting.model.calls.next().request.messages.last?.content == "Next")
    }

    @Test("a person can ask for a title and stop asking")
    func asked() async throws {
        let chatting = try Chatting()
        let beginning = try await chatting.ask("Where do llamas live?")
        let call = try await chatting.model.calls.next()
        call.end()
        try await chatting.hub.askForTitle(of: beginning.chat, by: Chatting.person)
        let title = try await chatting.model.calls.next()
        await chatting.hub.stopTitle(of: beginning.chat.id)
        try await title.cancelled.next()
        #expect(try await chatting.store.chat(beginning.chat.id, owner: "ann")?.titleOrigin == .firstLine)
    }
}
