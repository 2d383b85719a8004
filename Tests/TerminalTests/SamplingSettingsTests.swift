import Terminal
import Testing

@Suite("Sampling settings")
struct SamplingSettingsTests {
    @Test(
        "takes values inside their range and default",
        arguments: [
            ("temperature", "0.2"), ("temperature", "2"), ("top_p", "1"), ("top_k", "-1"), ("top_k", "40"),
            ("min_p", "0"),
            ("max_tokens", "1"), ("seed", "9007199254740992"), ("seed", "default"),
        ])
    func takes(name: String, value: String) {
        var settings = SamplingSettings()
        let mistake = settings.set(name, to: value)
        #expect(mistake == nil)
    }

    @Test(
        "names the mistake in a value it does not take",
        arguments: [
            ("temperature", "-1"), ("temperature", "hot"), ("temperature", "nan"), ("top_p", "1.1"), ("top_k", "1.5"),
            ("max_tokens", "0"), ("seed", "-1"), ("temprature", "1"),
        ])
    func refuses(name: String, value: String) {
        var settings = SamplingSettings()
        let message = settings.set(name, to: value)
        #expect(message?.contains(name) == true)
        #expect(settings == SamplingSettings())
    }

    @Test("shows every setting, and default for what is not set")
    func shows() {
        var settings = SamplingSettings()
        _ = settings.set("temperature", to: "0.2")
        _ = settings.set("seed", to: "7")
        _ = settings.set("top_p", to: "0.5")
        _ = settings.set("top_p", to: "default")
        let lines = settings.table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.contains(["temperature", "0.2"]))
        #expect(lines.contains(["seed", "7"]))
        #expect(lines.contains(["top_p", "default"]))
        #expect(lines.count == 6)
    }
}
