// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module of the product. `area` is the folder under Sources that holds it.
func module(_ name: String, in area: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(area)/\(name)", swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: strict)
}

/// Links the Swift libraries into the program: 4 ms from exec to main, and nothing to install beside it.
let staticStandardLibrary: [LinkerSetting] = [
    .unsafeFlags([
        // Static libraries in the order in which they need each other.
        "-static-stdlib", "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections", "-l_FoundationICU",
        "-ldispatch", "-lBlocksRuntime",
    ])
]

let package = Package(
    name: "pronk",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .target(name: "CKernels", path: "Sources/Kernels/CKernels", cSettings: [.treatAllWarnings(as: .error)]),
        module("Kernels", in: "Kernels", ["CKernels"]),
        tests(of: "Kernels", ["Kernels", "CKernels", "TestSupport"]),
        module("KVCache", in: "Inference", ["Tokenization"]),
        module("Scheduling", in: "Inference", ["KVCache", "Tokenization"]),
        module("Sampling", in: "Inference", ["Kernels"]),
        module("Models", in: "Inference", ["CKernels", "Kernels", "Checkpoints"]),
        module(
            "Engine", in: "Inference",
            [
                "Checkpoints", "KVCache", "Kernels", "Models", "Sampling", "Scheduling", "Tokenization",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(of: "KVCache", ["KVCache", "TestSupport", "Tokenization"]),
        tests(of: "Scheduling", ["KVCache", "Scheduling", "TestSupport", "Tokenization"]),
        tests(of: "Sampling", ["Kernels", "Sampling", "TestSupport"]),
        tests(
            of: "Models",
            [
                "CKernels", "Checkpoints", "Kernels", "Models", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(
            of: "Engine",
            ["CAllocationCounter", "Engine", "Kernels", "Sampling", "Scheduling", "TestSupport", "Tokenization"]),
        module("Observability", in: "Support"),
        tests(of: "Observability", ["Observability"]),
        module("Storage", in: "Support", [.product(name: "GRDB", package: "GRDB.swift")]),
        tests(of: "Storage", ["Storage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        module(
            "Identity", in: "Support",
            [
                "Storage", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(of: "Identity", ["Identity", "Storage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        module("PlatformConfiguration", in: "Platform", [.product(name: "Yams", package: "Yams")]),
        tests(of: "PlatformConfiguration", ["PlatformConfiguration"]),
        module("Autoscaling", in: "Platform"),
        module("Routing", in: "Platform"),
        tests(of: "Routing", ["Routing", "TestSupport"]),
        module("Control", in: "Platform", ["Autoscaling", "Observability", "Routing"]),
        tests(of: "Control", ["Autoscaling", "Control", "Metering", "Routing", "Storage", "TestSupport"]),
        module("Simulation", in: "Platform", ["Autoscaling"]),
        .target(name: "CProcess", path: "Sources/Platform/CProcess", cSettings: [.treatAllWarnings(as: .error)]),
        tests(of: "Autoscaling", ["Autoscaling", "TestSupport"]),
        tests(of: "Simulation", ["Autoscaling", "Simulation", "TestSupport"]),
        module(
            "Instances", in: "Platform",
            [
                "CProcess", "Control",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        tests(of: "Instances", ["Control", "Instances", "TestSupport"]),
        module("Metering", in: "Platform", ["Storage", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(of: "Metering", ["Metering", "Storage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        module(
            "Gateway", in: "Platform",
            [
                "Autoscaling", "Control", "Identity", "Observability", "OpenAIAPI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        tests(
            of: "Gateway",
            [
                "Autoscaling", "Control", "Gateway", "Identity", "OpenAIAPI", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        module(
            "Runtime", in: "Platform",
            [
                "Autoscaling", "Control", "Gateway", "Identity", "Instances", "Metering",
                "Observability", "OpenAIAPI", "PlatformConfiguration", "Routing", "Storage",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            of: "Runtime",
            [
                "Autoscaling", "Control", "Instances", "PlatformConfiguration", "Runtime",
                .product(name: "Logging", package: "swift-log"),
            ]),

        module("Conversations", in: "Chat", ["Storage", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            of: "Conversations",
            ["Conversations", "Storage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        module(
            "ChatServer", in: "Chat",
            [
                "Conversations", "Gateway", "Identity", "OpenAIAPI", "Storage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            of: "ChatServer",
            [
                "ChatServer", "Conversations", "Gateway", "Identity", "OpenAIAPI", "Storage", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        module("OpenAIAPI", in: "Serving"),
        tests(of: "OpenAIAPI", ["OpenAIAPI"]),
        module(
            "EngineServer", in: "Serving",
            [
                "Engine", "OpenAIAPI", "Observability", "Sampling", "Tokenization",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            of: "EngineServer",
            [
                "Engine", "EngineServer", "TestSupport", "Tokenization",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        module("Tokenization", in: "Formats"),
        tests(of: "Tokenization", ["Tokenization"]),
        module(
            "Checkpoints", in: "Formats",
            ["CKernels", "Kernels", "Tokenization", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "TestSupport", dependencies: ["Checkpoints", "Engine", "Models", "Tokenization"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "CAllocationCounter", path: "Tests/CAllocationCounter", cSettings: [.treatAllWarnings(as: .error)]),
        tests(of: "Checkpoints", ["Checkpoints", "Kernels", "CKernels", "Tokenization", "TestSupport"]),

        module(
            "Terminal", in: "Command",
            [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        tests(of: "Terminal", ["Terminal"]),
        module(
            "ModelSources", in: "Command",
            [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        tests(of: "ModelSources", ["ModelSources"]),
        module("Reports", in: "Command", ["Terminal"]),
        tests(of: "Reports", ["Reports"]),
        module(
            "Benchmarking", in: "Command",
            [
                "Reports", "Simulation", "Terminal",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        tests(of: "Benchmarking", ["Benchmarking", "Reports", "Simulation", "TestSupport"]),
        .target(
            name: "CMachineProbe", path: "Sources/Command/CMachineProbe", cSettings: [.treatAllWarnings(as: .error)]),
        module(
            "EngineTiming", in: "Command",
            [
                "CMachineProbe", "Checkpoints", "Engine", "KVCache", "Kernels", "Models", "Reports", "Sampling",
                "Tokenization",
            ]),
        tests(of: "EngineTiming", ["Checkpoints", "EngineTiming", "Reports", "TestSupport"]),
        tests(of: "Tidy", []),
        .executableTarget(
            name: "pronk",
            dependencies: [
                "Autoscaling", "Benchmarking", "ChatServer", "Control", "Conversations", "EngineTiming", "Gateway",
                "Identity", "Instances", "Metering", "PlatformConfiguration", "Reports", "Runtime", "Simulation",
                "Storage", "Terminal", "ModelSources",
                "Checkpoints", "Engine", "EngineServer", "Kernels", "Models", "Tokenization",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Command/pronk",
            swiftSettings: strict,
            linkerSettings: staticStandardLibrary),
        .executableTarget(
            name: "engine-benchmark",
            dependencies: [
                "CKernels", "Checkpoints", "EngineTiming", "Kernels", "Models", "Reports", "Tokenization",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/EngineBenchmark",
            swiftSettings: strict,
            linkerSettings: staticStandardLibrary),
        .executableTarget(
            name: "gateway-benchmark",
            dependencies: [
                "Autoscaling", "Control", "Gateway", "Identity",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Benchmarks/GatewayBenchmark",
            swiftSettings: strict,
            linkerSettings: staticStandardLibrary),
    ]
)
