import Terminal
import Testing

@Suite("Chat machine")
struct ChatMachineTests {
    private typealias Effect = ChatMachine.Effect
    private let statistics = ChatMachine.Statistics(tokens: 11, seconds: 2, secondsToFirst: 0.125)

    @Test("keeps what was said and sends it all with the next question")
    func history() {
        var chat = ChatMachine(isInteractive: true)
        _ = chat.handle(.line("/system Be brief."))
        _ = chat.handle(.line("/set temperature 0.2"))
        _ = chat.handle(.line("Hello"))
        _ = chat.handle(.text("Hi "))
        _ = chat.handle(.text("there"))
        let end = chat.handle(.answered(statistics))
        #expect(end == [.answer("\n"), .note("11 tokens, 5.0 tokens/s, first after 0.13 s"), .prompt])
        let effects = chat.handle(.line("  你好  "))
        #expect(effects == [.request(chat.conversation)])
        #expect(
            chat.conversation.prompt == [
                .init(.system, "Be brief."), .init(.user, "Hello"), .init(.assistant, "Hi there"), .init(.user, "你好"),
            ])
        #expect(chat.conversation.settings[.temperature] == 0.2)
    }

    @Test("Ctrl+C stops the answer, keeps what was read, and the chat goes on")
    func stopsAnswer() {
        var chat = ChatMachine(isInteractive: true)
        _ = chat.handle(.line("Count"))
        _ = chat.handle(.text("one"))
        #expect(chat.handle(.interrupt) == [.cancel])
        #expect(chat.handle(.interrupt) == [])
        #expect(chat.handle(.answered(statistics)).suffix(1) == [.prompt])
        #expect(chat.conversation.messages.last == .init(.assistant, "one"))
        #expect(chat.handle(.line("again")).count == 1)
    }

    @Test("a question whose answer was stopped before its first word is forgotten")
    func stopsBeforeFirstWord() {
        var chat = ChatMachine(isInteractive: true)
        _ = chat.handle(.line("Count"))
        _ = chat.handle(.interrupt)
        _ = chat.handle(.answered(.init(tokens: 0, seconds: 0, secondsToFirst: 0)))
        #expect(chat.conversation.messages.isEmpty)
    }

    @Test("Ctrl+C at the prompt hints, and leaves the second time in a row")
    func interruptAtPrompt() {
        var chat = ChatMachine(isInteractive: true)
        #expect(chat.handle(.interrupt).last == .prompt)
        _ = chat.handle(.line(""))
        #expect(chat.handle(.interrupt).last == .prompt)
        #expect(chat.handle(.interrupt) == [.exit(status: 0)])
    }

    @Test("lines that are typed during an answer wait for their turn")
    func typeAhead() {
        var chat = ChatMachine(isInteractive: false)
        #expect(chat.begin(model: "m").isEmpty)
        _ = chat.handle(.line("one"))
        #expect(chat.handle(.line("two")).isEmpty)
        #expect(chat.handle(.endOfInput).isEmpty)
        _ = chat.handle(.text("1"))
        #expect(chat.handle(.answered(statistics)) == [.answer("\n"), .request(chat.conversation)])
        #expect(chat.conversation.messages.map(\.content) == ["one", "1", "two"])
        #expect(chat.handle(.answered(statistics)).last == .exit(status: 0))
    }

    @Test("a failed answer is told, its question can be asked again, and a script's status says so")
    func failure() {
        let error = TerminalError(.requestRefused, "The prompt is too long.")
        var chat = ChatMachine(isInteractive: false)
        _ = chat.handle(.line("long"))
        #expect(chat.handle(.failed(error)) == [.complaint("The prompt is too long.")])
        #expect(chat.conversation.messages.isEmpty)
        #expect(chat.handle(.endOfInput) == [.exit(status: 1)])
    }

    @Test("the engine's last words are shown when it dies")
    func engineDies() {
        var chat = ChatMachine(isInteractive: true)
        let effects = chat.handle(.engineEnded(log: ["out of memory"]))
        #expect(effects.last == .exit(status: 1))
        guard case .complaint(let text) = effects.first else { return #expect(Bool(false)) }
        #expect(text.contains("out of memory"))
    }

    @Test(
        "commands answer at once and ask the engine nothing",
        arguments: [
            "/help", "/set", "/history", "/clear", "/system", "/nonsense", "/set temperature", "/set temperature hot",
        ])
    func commands(line: String) {
        var chat = ChatMachine(isInteractive: true)
        let effects = chat.handle(.line(line))
        #expect(effects.count == 2 && effects.last == .prompt)
    }

    @Test("a doubled slash says a text that starts with one")
    func slash() {
        var chat = ChatMachine(isInteractive: true)
        _ = chat.handle(.line("//etc/hosts is what?"))
        #expect(chat.conversation.messages == [.init(.user, "/etc/hosts is what?")])
    }

    @Test("leaves at the end of input and at /exit", arguments: [ChatMachine.Event.endOfInput, .line("/exit")])
    func leaves(event: ChatMachine.Event) {
        var chat = ChatMachine(isInteractive: true)
        #expect(chat.handle(event) == [.exit(status: 0)])
    }
}
