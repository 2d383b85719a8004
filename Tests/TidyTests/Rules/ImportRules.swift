/// Who may import what. Arrows point one way, and the walls that matter stand here: only EngineServer sees Engine (and
/// `pronk`, which wires the two), the terminal chat sees HTTP alone, and book-keeping and planning are pure.
enum AllowedImports {
    /// Modules of this package and of others, by target. A target that is not listed has no place yet.
    static let table: [String: Set<String>] = [
        // Kernels: C and the façade over it. Glibc for threads and page-aligned memory.
        "Kernels": ["CKernels", "Glibc", "Synchronization"],

        // Formats: bytes on disk → validated values.
        "Tokenization": ["FoundationEssentials", "Glibc", "Swift"],
        "Checkpoints": [
            "CKernels", "Kernels", "Tokenization", "Crypto", "Dispatch", "FoundationEssentials", "Glibc",
            "Synchronization",
        ],

        // Support.
        "Observability": ["Logging", "Metrics", "Synchronization"],
        "Storage": ["GRDB", "FoundationEssentials", "Glibc"],
        "Identity": [
            "Storage", "GRDB", "Crypto", "CryptoExtras", "Foundation", "FoundationEssentials", "Glibc",
            "Synchronization",
        ],

        // Platform. Metering decides in values without clock or file; its shell knows the database.
        "Metering": ["Storage", "GRDB", "Dispatch", "Foundation", "Glibc", "Synchronization"],

        // Inference. KVCache and Scheduling are pure: no clock, no file, no float, so they are simulated at full speed.
        "KVCache": ["Tokenization"],
        "Scheduling": ["KVCache", "Tokenization"],
        "Sampling": ["CKernels", "Kernels", "Tokenization", "Glibc"],
        // Dispatch is for the reference model, whose rows are multiplied on all cores without the kernels' threads.
        "Models": [
            "CKernels", "Kernels", "Checkpoints", "Tokenization", "KVCache", "Dispatch", "Glibc", "Synchronization",
        ],
        "Engine": [
            "CKernels", "Kernels", "Checkpoints", "Tokenization", "Models", "KVCache", "Scheduling", "Sampling",
            "Crypto", "FoundationEssentials", "Glibc", "Synchronization",
        ],

        // Platform: the shell that carries out what Control decides. Nobody but the program imports it.
        "Runtime": [
            "Autoscaling", "Control", "Gateway", "Identity", "Instances", "Metering", "Observability", "OpenAIAPI",
            "PlatformConfiguration", "Routing", "Storage", "Dispatch", "Foundation", "Logging", "ServiceLifecycle",
            "Synchronization",
        ],
        // Platform. Instances' C is for what only C can do between fork and exec.
        "Instances": [
            "CProcess", "Control", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "Subprocess", "SystemPackage",
            "FoundationEssentials", "Glibc", "Synchronization",
        ],
        // Platform. Settings are read with Foundation's time zones and Glibc's addresses.
        "PlatformConfiguration": ["Yams", "Foundation", "Glibc"],
        // Platform. Deciders are pure, and a replay reads files and nothing else. Glibc for exp and log.
        "Autoscaling": ["Glibc"],
        "Simulation": ["Autoscaling", "FoundationEssentials", "Glibc"],

        // Serving. OpenAIAPI knows no engine: gateways and clients use it too.
        "OpenAIAPI": ["FoundationEssentials"],
        "EngineServer": [
            "OpenAIAPI", "Observability", "Engine", "Sampling", "Tokenization", "Checkpoints",
            "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTPTypes",
            "Logging", "ServiceLifecycle", "Dispatch", "Foundation", "Glibc", "Synchronization",
        ],

        // Platform. Routing and Control are pure: a virtual clock drives them with faults, from a seed.
        "Routing": [],
        "Control": ["Autoscaling", "Observability", "Routing"],
        // Platform. The gateway knows the platform by the broker's protocol alone, and instances by HTTP.
        "Gateway": [
            "Autoscaling", "Control", "Identity", "Observability", "OpenAIAPI", "NIOCore", "NIOHTTP1", "NIOHTTP2",
            "NIOPosix", "NIOSSL", "X509", "Crypto", "Logging", "ServiceLifecycle", "Foundation", "Glibc",
            "Synchronization",
        ],

        // Chat. Conversations knows the database and no server; ChatServer sees models over HTTP alone.
        "Conversations": ["Storage", "GRDB", "Foundation", "Synchronization"],
        "ChatServer": [
            "Conversations", "Gateway", "Identity", "OpenAIAPI", "Storage", "AsyncHTTPClient", "NIOCore", "Logging",
            "ServiceLifecycle", "Foundation", "Synchronization",
        ],

        // Command. `ModelSources` fetches files and does not look into them. `Terminal` talks HTTP to whatever answers
        // it.
        "Terminal": [
            "OpenAIAPI", "AsyncHTTPClient", "NIOCore", "NIOFoundationCompat", "Subprocess", "SystemPackage",
            "Foundation", "Glibc", "Synchronization", "Dispatch",
        ],
        "ModelSources": ["Subprocess", "SystemPackage", "Crypto", "Foundation"],
        // `Reports` is text and drawings, pure. `Benchmarking` sees HTTP alone, as the terminal chat does; only
        // `EngineTiming`, which times an engine without HTTP, knows it.
        "Reports": ["Terminal", "Foundation"],
        "Benchmarking": [
            "Reports", "Simulation", "Terminal", "AsyncHTTPClient", "Histogram", "NIOCore", "NIOHTTP1", "NIOPosix",
            "Dispatch", "Foundation", "Glibc", "Synchronization",
        ],
        "EngineTiming": [
            "CMachineProbe", "Checkpoints", "Engine", "KVCache", "Kernels", "Models", "Reports", "Sampling",
            "Tokenization", "Foundation", "Glibc",
        ],
        "pronk": [
            "Autoscaling", "Benchmarking", "ChatServer", "Control", "Conversations", "EngineTiming", "Gateway",
            "Identity", "Instances", "Metering", "Reports",
            "PlatformConfiguration", "Runtime", "Simulation", "Storage", "Terminal", "ModelSources", "Checkpoints",
            "Tokenization", "Engine", "Models", "EngineServer", "OpenAIAPI", "Observability", "Kernels",
            "ArgumentParser", "AsyncHTTPClient", "Logging", "NIOCore", "ServiceLifecycle", "Subprocess",
            "SystemPackage", "Foundation", "Glibc", "Dispatch", "Synchronization",
            "Tokenization", "Engine",
            "Models", "EngineServer", "OpenAIAPI", "Observability", "Kernels", "ArgumentParser", "AsyncHTTPClient",
            "Logging", "NIOCore", "ServiceLifecycle", "Subprocess", "SystemPackage", "Foundation", "Glibc", "Dispatch",
            "Synchronization",
        ],
    ]

    /// The module that an import line names, without attributes, access level, and `struct`-like kinds.
    static func module(inImport line: String) -> String? {
        let words = line.split { $0 == " " }.map(String.init)
        guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
        let modifiers: Set = ["package", "public", "internal", "private", "fileprivate"]
        guard words[..<keyword].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") }) else { return nil }
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name =
            kinds.contains(words[keyword + 1]) && keyword + 2 < words.count ? words[keyword + 2] : words[keyword + 1]
        return String(name.prefix { $0 != "." && $0 != ";" })
    }
}

extension Rule {
    static let importRules = [
        Rule(
            "a target imports only what the table allows",
            broken: [
                ["Sources/Inference/Scheduling/Plan.swift": "import Foundation\n"],
                ["Sources/Command/Terminal/Chat.swift": "internal import Engine\n"],
                ["Sources/Inference/KVCache/Pool.swift": "@preconcurrency import struct Glibc.timespec\n"],
                ["Sources/Inference/Unheard/File.swift": "let a = 1\n"],
            ],
            kept: [
                ["Sources/Inference/Scheduling/Plan.swift": "import KVCache\n// import Foundation\n"],
                ["Sources/Serving/EngineServer/Routes.swift": "package import Engine\n"],
            ]
        ) { repository in
            repository.files.filter { $0.isProductSource && $0.isSwift }.flatMap { file -> [Finding] in
                guard let target = file.target, let allowed = AllowedImports.table[target] else {
                    return [file.finding(line: 0, "this target is not in the table of allowed imports")]
                }
                return file.code.enumerated().compactMap { index, line in
                    guard let module = AllowedImports.module(inImport: line), !allowed.contains(module) else {
                        return nil
                    }
                    return file.finding(line: index, "\(target) may not import \(module)")
                }
            }
        }
    ]
}
