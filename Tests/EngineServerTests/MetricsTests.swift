import Engine
import TestSupport
import Testing

@Suite struct MetricsTests {
    @Test("writes metrics that parse, under vLLM's names, with the model's name")
    func page() async throws {
        var script = FakeGenerator.Script(["a", "b", "c"])
        script.reason = .length
        try await TestServer.run(FakeGenerator(script)) { server in
            _ = try await server.chat(#""n":2,"max_tokens":3"#)
            let reply = try await server.get("/metrics")
            #expect(reply.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let page = try MetricsPage(reply.body)
            let label = #"model_name="fake-model""#
            #expect(page.samples["vllm:num_requests_running{\(label)}"] == 0)
            #expect(page.samples["vllm:kv_cache_usage_perc{\(label)}"] == 0.5)
            #expect(page.samples["vllm:request_success_total{\(label),finished_reason=\"length\"}"] == 2)
            #expect(page.samples["vllm:time_to_first_token_seconds_count{\(label)}"] == 2)
            #expect(page.samples["vllm:inter_token_latency_seconds_count{\(label)}"] == 4)
            #expect(page.samples["vllm:e2e_request_latency_seconds_count{\(label)}"] == 1)
            #expect(page.samples["vllm:request_generation_tokens_sum{\(label)}"] == 6)
            #expect(page.samples["vllm:request_inference_time_seconds_sum{\(label)}"] == 3)
            #expect(page.samples["vllm:request_queue_time_seconds_sum{\(label)}"] == 0.5)
            #expect(page.samples["vllm:request_params_n_sum{\(label)}"] == 2)
            #expect(page.samples["vllm:request_params_max_tokens_sum{\(label)}"] == 3)
            let layout = #"block_size="32",num_gpu_blocks="10",enable_prefix_caching="False""#
            #expect(page.samples["vllm:cache_config_info{\(label),\(layout)}"] == 1)
            let names = [
                "num_requests_waiting", "num_preemptions_total", "prompt_tokens_total", "generation_tokens_total",
                "iteration_tokens_total", "request_prefill_time_seconds", "request_decode_time_seconds",
                "request_prompt_tokens", "prefix_cache_queries_total", "prefix_cache_hits_total",
            ]
            for name in names { #expect(page.families.contains("vllm:\(name)")) }
        }
    }
}

/// Reads the text format strictly: every sample belongs to the family that was opened last.
private struct MetricsPage {
    var families: Set<String> = []
    var samples: [String: Double] = [:]

    struct Malformed: Error {
        let line: Substring
    }

    init(_ text: String) throws {
        var family = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]),
                    families.insert(String(words[2])).inserted
                else { throw Malformed(line: line) }
                family = String(words[2])
                continue
            }
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]),
                line.hasPrefix(family), let match = line.wholeMatch(of: /[a-z0-9_:]+(\{([a-z_]+="[^"]*",?)+\})? \S+/),
                !match.output.0.isEmpty
            else { throw Malformed(line: line) }
            samples[String(line[..<space])] = value
        }
    }
}
