import Conversations
import Testing

@Suite("Documents of chats")
struct DocumentTests {
    private func document(_ answer: String, title: String = "A *title*") -> ChatDocument {
        let chat = Chat(id: "c", owner: "ann", title: title, created: 0, updated: 0, model: "llama")
        return ChatDocument(
            chat,
            branch: [
                Message(id: "a", chat: "c", parent: nil, role: .user, content: "Hello", created: 0),
                Message(
                    id: "b", chat: "c", parent: "a", role: .assistant, content: answer, created: 0, model: "llama"),
                Message(id: "c", chat: "c", parent: "b", role: .user, content: "Bye", created: 0),
            ])
    }

    @Test("Markdown has a heading for each message and leaves out what the model thought")
    func markdown() {
        #expect(
            document("<think>hm</think>\nHi!").markdown
                == "# A \\*title\\*\n\n## User\n\nHello\n\n## Assistant (llama)\n\nHi!\n\n## User\n\nBye\n")
    }

    @Test("plain text is what was said")
    func text() {
        #expect(
            document("**Hi**").text
                == "A *title*\n\n\nUser:\n\nHello\n\n\nAssistant (llama):\n\n**Hi**\n\n\nUser:\n\nBye\n")
    }

    @Test(
        "a code block that was not closed swallows nothing",
        arguments: [
            ("```swift\nlet a", "```swift\nlet a\n```"), ("~~~~\n```\n~~~", "~~~~\n```\n~~~\n~~~~"),
            ("```\na\n```", "```\na\n```"), ("````\n```\n", "````\n```\n````"),
            ("- a\n  ```\n  b", "- a\n  ```\n  b\n```"),
            ("``` a`b", "``` a`b"), ("```\na\n``` b", "```\na\n``` b\n```"), ("a", "a"),
        ])
    func fences(answer: String, written: String) {
        #expect(document(answer).markdown.contains("## Assistant (llama)\n\n\(written)\n\n## User"))
    }

    @Test(
        "a file's name is its title, safe in every folder and header",
        arguments: [
            ("Plans", "Plans.md", "Plans.md", "Plans.md"),
            (
                "大模型 是什么？", "大模型 是什么？.md", "chat.md",
                "%E5%A4%A7%E6%A8%A1%E5%9E%8B%20%E6%98%AF%E4%BB%80%E4%B9%88%EF%BC%9F.md"
            ),
            ("../../etc/passwd", "etc passwd.md", "etc passwd.md", "etc%20passwd.md"),
            (
                "a\"; x=\"b\r\nset-cookie: c", "a x= b set-cookie c.md", "a x= b set-cookie c.md",
                "a%20x%3D%20b%20set-cookie%20c.md"
            ),
            ("\u{202e}gpj.exe", "gpj.exe.md", "gpj.exe.md", "gpj.exe.md"), ("...", "chat.md", "chat.md", "chat.md"),
        ])
    func names(title: String, name: String, fallback: String, encoded: String) {
        let export = ExportName(title: title, ending: "md")
        #expect(export.name == name)
        #expect(export.disposition == "attachment; filename=\"\(fallback)\"; filename*=UTF-8''\(encoded)")
    }

    @Test("a long title is cut between characters")
    func longName() {
        let name = ExportName(title: String(repeating: "模", count: 100), ending: "json").name
        #expect(name == String(repeating: "模", count: 40) + ".json")
    }
}
