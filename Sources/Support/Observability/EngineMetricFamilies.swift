/// The metrics of an engine, under vLLM's names, so that dashboards and scalers made for vLLM read ours.
///
/// Source: vLLM, vllm/v1/metrics/loggers.py (names, meanings, buckets).
package enum EngineMetricFamilies {
    package typealias Family = PrometheusText.Family

    package static let running = Family(
        "vllm:num_requests_running", .gauge, "Sequences that take part in the steps of now.")
    package static let waiting = Family(
        "vllm:num_requests_waiting", .gauge, "Sequences that wait for room.")
    package static let cacheUsage = Family(
        "vllm:kv_cache_usage_perc", .gauge,
        "The part of the KV blocks that sequences hold, 0 to 1; cached blocks that none holds count as free.")
    package static let prefixQueries = Family(
        "vllm:prefix_cache_queries_total", .counter,
        "Tokens of sequences that began, which the prefix cache was asked for.")
    package static let prefixHits = Family(
        "vllm:prefix_cache_hits_total", .counter, "Tokens of these that the prefix cache had.")
    package static let preemptions = Family(
        "vllm:num_preemptions_total", .counter, "Sequences that gave up their KV blocks to others.")
    package static let promptTokens = Family(
        "vllm:prompt_tokens_total", .counter, "Prompt tokens processed.")
    package static let generatedTokens = Family(
        "vllm:generation_tokens_total", .counter, "Tokens generated.")
    package static let success = Family(
        "vllm:request_success_total", .counter, "Finished choices by the reason why they ended.")
    package static let iterationTokens = Family(
        "vllm:iteration_tokens_total", .histogram, "Tokens in one step.")
    package static let timeToFirstToken = Family(
        "vllm:time_to_first_token_seconds", .histogram, "From a request's arrival to its first token.")
    package static let interTokenLatency = Family(
        "vllm:inter_token_latency_seconds", .histogram, "Between two tokens of a choice.")
    package static let endToEndLatency = Family(
        "vllm:e2e_request_latency_seconds", .histogram, "From a request's arrival to its end.")
    package static let queueTime = Family(
        "vllm:request_queue_time_seconds", .histogram, "A choice's time in the queue.")
    package static let prefillTime = Family(
        "vllm:request_prefill_time_seconds", .histogram, "A choice's time in prefill.")
    package static let decodeTime = Family(
        "vllm:request_decode_time_seconds", .histogram, "A choice's time in decode.")
    package static let inferenceTime = Family(
        "vllm:request_inference_time_seconds", .histogram, "A choice's time in prefill and decode.")
    package static let requestPromptTokens = Family(
        "vllm:request_prompt_tokens", .histogram, "Prompt tokens of a request.")
    package static let requestGeneratedTokens = Family(
        "vllm:request_generation_tokens", .histogram, "Tokens generated for a choice.")
    package static let requestChoices = Family(
        "vllm:request_params_n", .histogram, "The parameter n of a request.")
    package static let requestMaxTokens = Family(
        "vllm:request_params_max_tokens", .histogram, "The parameter max_tokens of a request.")
    package static let cacheConfiguration = Family(
        "vllm:cache_config_info", .gauge, "How the KV cache is laid out.")
}

/// vLLM's histogram buckets.
package enum EngineMetricBuckets {
    /// Seconds.
    package static let timeToFirstToken: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
        2560,
    ]
    /// Seconds.
    package static let interTokenLatency: [Double] = [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
    ]
    /// Seconds.
    package static let requestLatency: [Double] = [
        0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
    ]
    package static let choices: [Double] = [1, 2, 5, 10, 20]

    /// 1, 2, 5, 10, 20, 50 … up to a context's length.
    package static func tokens(upTo limit: Int) -> [Double] {
        let decades = sequence(first: 1) { $0 * 10 }
        return decades.lazy.flatMap { [$0, 2 * $0, 5 * $0] }.prefix { $0 <= max(limit, 1) }.map(Double.init)
    }
}
