import Engine
import OpenAIAPI
import Sampling
import Tokenization

extension Endpoints {
    /// Hands the prompts of one request to the engine.
    ///
    /// The engine's refusals come from here, before anything has been answered, so that they get a status of their own.
    func start(_ prompts: [[TokenID]], _ parameters: GenerationParameters, _ call: Call) throws -> RunningGeneration {
        let number = try inFlight.begin()
        var isStarted = false
        defer { if !isStarted { inFlight.end(number) } }
        let resume = parameters.relay.resume
        let meter = RequestMeter(
            metrics, arrival: call.arrival, choices: prompts.count * parameters.choices,
            finished: resume?.choices.map(\.isFinished) ?? [])
        let streams = try generate(prompts, parameters, call.requestID)
        let promptTokens = prompts.reduce(0) { $0 + $1.count }
        let inFlight = inFlight
        let generation = RunningGeneration(
            streams, choicesPerStream: parameters.choices, promptTokens: promptTokens, meter: meter
        ) { inFlight.end(number) }
        isStarted = true
        inFlight.attach(generation, to: number)
        call.client.whenGone { [weak generation] in generation?.fail(.requestCancelled) }
        metrics.record {
            $0.choices.observe(Double(parameters.choices))
            $0.promptTokens.observe(Double(promptTokens + (resume?.tokenCount ?? 0)))
            if let maxTokens = parameters.maxTokens { $0.maxTokens.observe(Double(maxTokens)) }
        }
        return generation
    }

    private func generate(
        _ prompts: [[TokenID]], _ parameters: GenerationParameters, _ requestID: String
    ) throws -> [RunningGeneration.Stream] {
        // Drawn once, so that the prompts of one request differ in nothing but themselves.
        let seed = parameters.seed.map(UInt64.init(bitPattern:)) ?? UInt64.random(in: .min ... .max)
        let sampling = SamplingParameters(parameters, defaults: model.samplingDefaults, seed: seed)
        let stop = StopConditions(
            strings: parameters.stopStrings, tokens: parameters.stopTokens.map(TokenID.init(rawValue:)),
            includesMatch: parameters.includesStopString, ignoresEndOfGeneration: parameters.ignoresEndOfGeneration)
        // A caller parts its prompts further and never enters another tenant's: no tenant's name has the separator.
        let salt = (parameters.relay.tenant.map { "\($0)\u{1F}" } ?? "") + (parameters.cacheSalt ?? "")
        let resumed = parameters.relay.resume?.resumedChoices[...] ?? []
        return try prompts.enumerated().map { index, prompt in
            let firstChoice = index * parameters.choices
            let request = GenerationRequest(
                id: prompts.count == 1 ? requestID : "\(requestID)-\(index)", prompt: prompt,
                choices: parameters.choices, sampling: sampling, maxTokens: parameters.maxTokens, stop: stop,
                cacheSalt: salt,
                resume: Array(resumed.dropFirst(firstChoice).prefix(parameters.choices)))
            do {
                return try generator.generate(request)
            } catch var error as EngineError {
                // The engine counts the choices of one prompt.
                error.choice = error.choice.map { $0 + firstChoice }
                throw error
            }
        }
    }

    /// The choices of an answer that is not streamed, complete.
    func collect(_ generation: RunningGeneration) async throws(APIError) -> (choices: [FinishedChoice], usage: Usage) {
        var texts = Array(repeating: "", count: generation.prompts.choices)
        var finishes = [GenerationEvent.Finish?](repeating: nil, count: generation.prompts.choices)
        var tokens = 0
        while let events = try await generation.next() {
            for event in events {
                texts[event.choice] += event.text
                tokens += event.tokens.count
                if let finish = event.finish { finishes[event.choice] = finish }
            }
        }
        var choices: [FinishedChoice] = []
        for (text, finish) in zip(texts, finishes) {
            guard let finish else { throw .unfinishedAnswer }
            choices.append(FinishedChoice(text: text, finish: finish))
        }
        return (choices, generation.prompts.usage(completionTokens: tokens, finishes: finishes))
    }

    /// - Parameter prefix: OpenAI's, as in `chatcmpl-`.
    func head(_ prefix: String, _ parameters: GenerationParameters, _ call: Call) -> ResponseHead {
        ResponseHead(
            id: prefix + call.requestID, created: parameters.relay.created ?? Clock.secondsSince1970(),
            model: model.name, fingerprint: model.fingerprint)
    }
}

/// One choice of an answer that is not streamed.
struct FinishedChoice {
    let text: String
    let finish: GenerationEvent.Finish
}

extension SamplingParameters {
    /// The request's own fields win, then the model's makers', then OpenAI's defaults.
    fileprivate init(_ parameters: GenerationParameters, defaults: SamplingDefaults, seed: UInt64) {
        self.init(seed: seed)
        temperature = parameters.temperature ?? defaults.temperature ?? temperature
        topP = parameters.topP ?? defaults.topP ?? topP
        topK = parameters.topK ?? defaults.topK ?? topK
        minP = parameters.minP ?? defaults.minP ?? minP
        repetitionPenalty = parameters.repetitionPenalty ?? defaults.repetitionPenalty ?? repetitionPenalty
    }
}

extension ResumeState {
    var resumedChoices: [ResumedChoice] {
        choices.map { ResumedChoice(tokens: $0.tokens.map(TokenID.init(rawValue:)), isFinished: $0.isFinished) }
    }
}

extension FinishReason {
    init(_ reason: GenerationEvent.Finish.Reason) {
        switch reason {
        case .stop: self = .stop
        case .length: self = .length
        }
    }
}
