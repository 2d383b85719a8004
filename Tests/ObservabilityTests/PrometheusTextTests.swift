import Observability
import Testing

@Suite struct PrometheusTextTests {
    @Test("writes counters and gauges with escaped labels")
    func escaping() {
        var page = PrometheusText(commonLabels: ["model_name": "a\"b\\c\nd"])
        page.add(.init("x_total", .counter, "First\nline \\ \"quoted\"."), 3, ["k": "v"])
        #expect(
            page.text == """
                # HELP x_total First\\nline \\\\ "quoted".
                # TYPE x_total counter
                x_total{model_name="a\\"b\\\\c\\nd",k="v"} 3.0

                """)
    }

    @Test("writes a family of several samples under one heading")
    func family() {
        var page = PrometheusText()
        page.open(.init("y", .gauge, "Why."))
        page.sample("y", 0.5, ["a": "1"])
        page.sample("y", .infinity, ["a": "2"])
        #expect(page.text == "# HELP y Why.\n# TYPE y gauge\ny{a=\"1\"} 0.5\ny{a=\"2\"} +Inf\n")
    }

    @Test("counts a histogram's buckets cumulatively, bounds included")
    func histogram() {
        var histogram = Histogram(bounds: [1, 2.5])
        for value in [0.5, 1, 2, 3] { histogram.observe(value) }
        var page = PrometheusText()
        page.add(.init("h", .histogram, "H."), histogram)
        #expect(
            page.text == """
                # HELP h H.
                # TYPE h histogram
                h_bucket{le="1.0"} 2
                h_bucket{le="2.5"} 3
                h_bucket{le="+Inf"} 4
                h_sum 6.5
                h_count 4

                """)
        #expect(Histogram(bounds: [1, 2.5], cumulativeCounts: [2, 3, 4], sum: 6.5) == histogram)
    }

    @Test("makes vLLM's token buckets up to a context's length")
    func tokenBuckets() {
        #expect(EngineMetricBuckets.tokens(upTo: 2048) == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000])
        #expect(EngineMetricBuckets.tokens(upTo: 0) == [1])
    }
}
