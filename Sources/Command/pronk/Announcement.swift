import Identity
import Logging
import PlatformConfiguration

/// What `pronk up` says on the terminal once it takes connections: where the site is, and how the first one gets in.
struct Announcement {
    private let configuration: Configuration
    private let address: String
    private let accounts: AccountStore
    private let makesDemo: Bool

    init(_ configuration: Configuration, port: Int, accounts: AccountStore, makesDemo: Bool) {
        self.configuration = configuration
        self.accounts = accounts
        self.makesDemo = makesDemo
        let listen = configuration.gateway.listen.host
        let host = configuration.gateway.domains.first ?? (["0.0.0.0", "::"].contains(listen) ? "127.0.0.1" : listen)
        let scheme = configuration.gateway.tls == nil ? "http" : "https"
        address = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    func show(_ logger: Logger) async {
        var lines = ["", "Pronk is up: \(address)   No engine runs until somebody asks something."]
        do {
            lines += try await wayIn()
        } catch {
            logger.error("accounts cannot be read: \(error)")
        }
        lines += example()
        lines += ["`pronk status` shows what runs. Ctrl+C stops it."]
        StandardError.write(lines.joined(separator: "\n") + "\n")
    }

    private func wayIn() async throws -> [String] {
        var lines: [String] = []
        if let token = try await accounts.makeSetupToken() {
            lines += [
                "Open this link once to create the administrator's account:", "", "  \(address)/setup#\(token)", "",
            ]
        }
        if makesDemo {
            let demo = try await accounts.makeDemo()
            lines += ["To look around: name \(demo.account.name), password \(demo.password)", ""]
        }
        return lines
    }

    private func example() -> [String] {
        guard let service = configuration.services.first else { return [] }
        let key = configuration.gateway.auth == .keys ? " -H \"Authorization: Bearer $KEY\"" : ""
        return [
            "Programs use the OpenAI API:", "",
            "  curl \(address)/v1/chat/completions -H 'Content-Type: application/json'\(key) \\",
            "    -d '{\"model\": \"\(service.name)\", \"messages\": "
                + "[{\"role\": \"user\", \"content\": \"What is a llama?\"}]}'", "",
        ]
    }
}
