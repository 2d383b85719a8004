import Control
import Instances
import PlatformConfiguration
import Runtime
import Testing

@Suite("A service of the file becomes a plan")
struct ServicePlanTests {
    static let machine = Resources(cores: 4, memoryBytes: 16 << 30)

    static func plan(_ service: ServiceConfiguration) throws -> ServicePlan {
        try ServicePlan(service, machine: machine, place: PlatformTests.place, inspect: PlatformTests.inspect)
    }

    @Test("a native instance takes the machine's cores, its weights and room for its conversations")
    func native() throws {
        let plan = try Self.plan(ServiceConfiguration(name: "llama", engine: .native(model: "llama")))
        #expect(plan.settings.need.cores == 4)
        // 1 MiB of weights, 256 MiB beside them, 8 contexts of 1 MiB.
        #expect(plan.settings.need.memoryBytes == (1 + 256 + 8) << 20)
        #expect(plan.settings.isResumable && !plan.settings.isRemote)
        guard case .native(_, let model, let arguments) = plan.program else {
            Issue.record("not native")
            return
        }
        #expect(model == "llama")
        #expect(arguments.contains("--kv-memory") && arguments.contains(String(8 << 20)))
    }

    @Test(
        "a shorter context in the arguments is what pages are told, and what memory is planned for",
        arguments: [["--context", "256"], ["--context=256"], ["--context", "512", "--context", "256"]])
    func shorterContext(arguments: [String]) throws {
        var service = ServiceConfiguration(name: "llama", engine: .native(model: "llama"))
        let whole = try Self.plan(service)
        service.arguments = arguments
        let plan = try Self.plan(service)
        #expect(plan.contextLength == 256 && whole.contextLength > 256)
        #expect(plan.settings.need.memoryBytes < whole.settings.need.memoryBytes)
        service.arguments = ["--context", "1000000000"]
        #expect(try Self.plan(service).contextLength == whole.contextLength)
    }

    @Test("a stretched context is what pages are told, and what memory is planned for")
    func stretchedContext() throws {
        var service = ServiceConfiguration(name: "llama", engine: .native(model: "llama"))
        func contextLength(_ arguments: [String]) throws -> Int {
            service.arguments = arguments
            return try Self.plan(service).contextLength
        }
        #expect(try contextLength(["--rope-scaling", "yarn:2"]) == 1 << 10)
        #expect(try contextLength(["--rope-scaling", "yarn:2", "--context", "2048"]) == 2048)
        #expect(try contextLength(["--context=1500", "--rope-scaling=dynamic:4"]) == 1500)
        #expect(try contextLength(["--rope-scaling", "linear:2", "--context", "4096"]) == 2048)
        for broken in ["none", "yarn", "yarn:x", "yarn:nan", "yarn:inf", "yarn:-3"] {
            #expect(try contextLength(["--rope-scaling", broken, "--context", "4096"]) <= 1 << 27, "\(broken)")
        }
        #expect(try contextLength(["--rope-scaling", "none", "--context", "4096"]) == 1 << 10)
    }

    @Test("a context that the checkpoint states stretched is not stretched twice")
    func stretchedCheckpoint() throws {
        var service = ServiceConfiguration(name: "llama", engine: .native(model: "llama"))
        let cases: [(arguments: [String], contextLength: Int)] = [
            ([], 4096), (["--rope-scaling", "none"], 1024), (["--rope-scaling", "yarn:2"], 2048),
            (["--rope-scaling", "yarn:8", "--context", "100000"], 8192), (["--context", "100000"], 4096),
        ]
        for (arguments, contextLength) in cases {
            service.arguments = arguments
            let plan = try ServicePlan(service, machine: Self.machine, place: PlatformTests.place) { _ in
                NativeModel(
                    imageBytes: 1 << 20, kvBytesPerToken: 1 << 10, contextLength: 4096, originalContextLength: 1024)
            }
            #expect(plan.contextLength == contextLength, "\(arguments)")
        }
    }

    @Test("keys and values in half precision are planned for")
    func halfPrecision() throws {
        var service = ServiceConfiguration(name: "llama", engine: .native(model: "llama"))
        service.arguments = ["--kv-type", "f16"]
        let plan = try ServicePlan(service, machine: Self.machine, place: PlatformTests.place) { _ in
            NativeModel(
                imageBytes: 1 << 20, kvBytesPerToken: 1 << 10, kvBytesPerTokenByType: ["q8": 1 << 10, "f16": 2 << 10],
                contextLength: 1 << 10)
        }
        #expect(plan.settings.need.memoryBytes == (1 + 256 + 16) << 20)
    }

    @Test("memory that does not hold one context is refused with what would")
    func tooSmall() {
        var service = ServiceConfiguration(name: "llama", engine: .native(model: "llama"))
        service.resources.memoryBytes = 100 << 20
        #expect {
            try Self.plan(service)
        } throws: { error in
            let message = (error as? RuntimeError)?.message ?? ""
            return message.contains("resources.memory") && message.contains(String((1 + 256 + 1) << 20))
        }
    }

    @Test(
        "a remote address keeps its path, without the /v1 that requests bring",
        arguments: [
            ("https://api.example.com/v1", "", 443), ("http://10.0.0.7:8000/openai/v1/", "/openai", 8000),
            ("https://api.example.com", "", 443),
        ])
    func remote(url: String, path: String, port: Int) throws {
        let plan = try Self.plan(ServiceConfiguration(name: "far", engine: .url(url, key: nil, modelName: "m")))
        guard case .remote(let endpoint) = plan.program, case .tcp(_, let actual) = endpoint.address else {
            Issue.record("not remote")
            return
        }
        #expect(endpoint.basePath == path && actual == port)
        #expect(endpoint.isSecure == url.hasPrefix("https") && endpoint.modelName == "m")
        #expect(plan.settings.isRemote)
    }

    @Test("a key that is not there is an error that says where it was looked for")
    func missingSecret() {
        let service = ServiceConfiguration(
            name: "far", engine: .url("https://a/v1", key: .environment("PRONK_NO_SUCH_KEY"), modelName: nil))
        #expect {
            try Self.plan(service)
        } throws: { ("\($0)").contains("PRONK_NO_SUCH_KEY") }
    }
}
