/// How long a service's requests take, learnt from those that ended: seconds for each prompt token and each generated
/// token, as straight lines over the requests that share the instance, and the mean size of a request.
///
/// A line says what one figure cannot: an engine that is busy reading prompts slows with every neighbour, one that
/// decodes a batch hardly does. Old requests fade, so a service that changes is believed after some fifty requests.
///
/// The mean of generated tokens is what was generated over the number of requests that ended. What the running ones
/// have generated counts, or the short ones, which end first, would speak for all whenever the load rises.
struct ServiceRates: Sendable, Equatable, Codable {
    private var prefill = LearntLine(alone: Limits.presumedPrefillSeconds)
    private var decode = LearntLine(alone: Limits.presumedDecodeSeconds)
    private var promptTokens = DecayedMean()
    private var generatedTokens = DecayedMean()
    /// Tokens of running requests that `generatedTokens` holds already.
    private var runningTokens = 0.0

    /// A request came. Its prompt counts at once, because long ones are the last to end.
    mutating func record(_ size: RequestSize) {
        promptTokens.add(Double(min(max(size.promptTokens, 0), Limits.mostTokens)))
    }

    mutating func record(_ cost: RequestCost) {
        let duration = min(max(cost.duration, .zero), Limits.longestRequest) / .seconds(1)
        let prompt = Double(min(max(cost.promptTokens, 0), Limits.mostTokens))
        let generated = Double(min(max(cost.generatedTokens, 0), Limits.mostTokens))
        generatedTokens.add(generated)
        guard let first = cost.timeToFirstToken else { return }
        let firstToken = min(max(first / .seconds(1), 0), duration)
        let neighbours = Double(min(max(cost.concurrency - 1, 0), Limits.mostNeighbours))
        // Seconds a token, weighted by the tokens, so that a request of ten tokens does not outvote one of a thousand.
        if prompt > 0 { prefill.add(neighbours, firstToken / prompt, weight: prompt) }
        if generated > 1 { decode.add(neighbours, (duration - firstToken) / generated, weight: generated) }
    }

    /// The running requests have generated `tokens` by now.
    mutating func observe(runningTokens tokens: Double) {
        generatedTokens.add(part: tokens - runningTokens)
        runningTokens = tokens
    }

    /// Seconds that a request of the mean size takes beside `neighbours` others.
    func seconds(neighbours: Double) -> Double {
        let seconds =
            promptTokens.value(presumed: Limits.presumedPromptTokens) * prefill.value(at: neighbours)
            + generatedTokens.value(presumed: Limits.presumedGeneratedTokens) * decode.value(at: neighbours)
        return max(seconds, Limits.leastSeconds)
    }

    /// The work of a request of `promptTokens`, which may ask for `maximumTokens`, over that of one of the mean size.
    func relativeSize(promptTokens prompt: Double, maximumTokens: Double) -> Double {
        let generated = min(generatedTokens.value(presumed: Limits.presumedGeneratedTokens), maximumTokens)
        let size = prompt * prefill.value(at: 0) + generated * decode.value(at: 0)
        return min(max(size / seconds(neighbours: 0), 1 / Limits.mostRelativeSize), Limits.mostRelativeSize)
    }
}

/// A mean in which old values fade.
struct DecayedMean: Sendable, Equatable, Codable {
    private var sum = 0.0
    private var weight = 0.0

    mutating func add(_ value: Double) {
        sum = sum * Limits.fading + value
        weight = weight * Limits.fading + 1
    }

    /// A part of a value that is not whole yet, or, below zero, parts of one that was added whole.
    mutating func add(part: Double) { sum += part }

    /// `presumed` as long as there is no value.
    func value(presumed: Double) -> Double { weight > 0 ? max(0, sum / weight) : presumed }
}

/// A straight line through weighted points that fade, never falling and never below zero.
struct LearntLine: Sendable, Equatable, Codable {
    private var weight: Double
    private var x = 0.0
    private var y: Double
    private var xx = 0.0
    private var xy = 0.0

    /// Presumes that it takes `alone` a token with no neighbour; the first real points outweigh that.
    init(alone: Double) {
        weight = 1
        y = alone
    }

    mutating func add(_ newX: Double, _ newY: Double, weight newWeight: Double) {
        let fading = Limits.fading
        weight = weight * fading + newWeight
        x = x * fading + newWeight * newX
        y = y * fading + newWeight * newY
        xx = xx * fading + newWeight * newX * newX
        xy = xy * fading + newWeight * newX * newY
    }

    func value(at point: Double) -> Double {
        let meanX = x / weight
        let meanY = y / weight
        let variance = xx / weight - meanX * meanX
        var slope = variance > 1e-6 ? max(0, (xy / weight - meanX * meanY) / variance) : 0
        // A line that would be below zero without neighbours goes through zero instead.
        if meanX > 0 { slope = min(slope, meanY / meanX) }
        return max(0, meanY + slope * (point - meanX))
    }
}
