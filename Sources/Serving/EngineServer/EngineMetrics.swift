import Engine
import Observability
import Synchronization

/// What the HTTP side counts, to be shown together with the engine's own numbers.
final class EngineMetrics: Sendable {
    struct State {
        var timeToFirstToken = Histogram(bounds: EngineMetricBuckets.timeToFirstToken)
        var interTokenLatency = Histogram(bounds: EngineMetricBuckets.interTokenLatency)
        var endToEndLatency = Histogram(bounds: EngineMetricBuckets.requestLatency)
        var queueTime = Histogram(bounds: EngineMetricBuckets.requestLatency)
        var prefillTime = Histogram(bounds: EngineMetricBuckets.requestLatency)
        var decodeTime = Histogram(bounds: EngineMetricBuckets.requestLatency)
        var inferenceTime = Histogram(bounds: EngineMetricBuckets.requestLatency)
        var choices = Histogram(bounds: EngineMetricBuckets.choices)
        var promptTokens: Histogram
        var generatedTokens: Histogram
        var maxTokens: Histogram
        var stopped = 0
        var reachedLimit = 0
        var aborted = 0

        init(contextLength: Int) {
            let bounds = EngineMetricBuckets.tokens(upTo: contextLength)
            promptTokens = Histogram(bounds: bounds)
            generatedTokens = Histogram(bounds: bounds)
            maxTokens = Histogram(bounds: bounds)
        }
    }

    private let state: Mutex<State>

    init(contextLength: Int) { state = Mutex(State(contextLength: contextLength)) }

    func record(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    /// The page for Prometheus.
    func page(model: String, engine: EngineStatistics) -> String {
        let state = state.withLock { $0 }
        var page = PrometheusText(commonLabels: ["model_name": model])
        Self.write(engine, to: &page)
        Self.write(state, to: &page)
        return page.text
    }

    private static func write(_ engine: EngineStatistics, to page: inout PrometheusText) {
        typealias Families = EngineMetricFamilies
        page.add(Families.running, Double(engine.runningSequences))
        page.add(Families.waiting, Double(engine.waitingSequences))
        page.add(Families.cacheUsage, Double(engine.usedBlocks) / Double(max(engine.totalBlocks, 1)))
        page.add(Families.preemptions, Double(engine.preemptions))
        page.add(Families.prefixQueries, Double(engine.prefixQueries))
        page.add(Families.prefixHits, Double(engine.prefixHits))
        page.add(Families.promptTokens, Double(engine.promptTokens))
        page.add(Families.generatedTokens, Double(engine.generatedTokens))
        page.add(
            Families.iterationTokens,
            Histogram(
                bounds: EngineStatistics.stepTokenBounds.map(Double.init), cumulativeCounts: engine.stepTokenBuckets,
                sum: Double(engine.stepTokenSum)))
        page.add(
            Families.cacheConfiguration, 1,
            [
                "block_size": String(engine.tokensPerBlock), "num_gpu_blocks": String(engine.totalBlocks),
                "enable_prefix_caching": engine.cachesPrefixes ? "True" : "False",
            ])
    }

    private static func write(_ state: State, to page: inout PrometheusText) {
        typealias Families = EngineMetricFamilies
        page.open(Families.success)
        page.sample(Families.success.name, Double(state.stopped), ["finished_reason": "stop"])
        page.sample(Families.success.name, Double(state.reachedLimit), ["finished_reason": "length"])
        page.sample(Families.success.name, Double(state.aborted), ["finished_reason": "abort"])
        page.add(Families.timeToFirstToken, state.timeToFirstToken)
        page.add(Families.interTokenLatency, state.interTokenLatency)
        page.add(Families.endToEndLatency, state.endToEndLatency)
        page.add(Families.queueTime, state.queueTime)
        page.add(Families.prefillTime, state.prefillTime)
        page.add(Families.decodeTime, state.decodeTime)
        page.add(Families.inferenceTime, state.inferenceTime)
        page.add(Families.requestPromptTokens, state.promptTokens)
        page.add(Families.requestGeneratedTokens, state.generatedTokens)
        page.add(Families.requestChoices, state.choices)
        page.add(Families.requestMaxTokens, state.maxTokens)
    }
}
