package import Checkpoints
import Engine
import Glibc
import KVCache
import Models
import Reports

/// What a model reached on this machine, beside what the machine allows. Rates are tokens a second.
package struct EngineMeasurement: Sendable, Codable, Equatable {
    /// One kind of work, with the least time that the machine's limits leave it.
    package struct Row: Sendable, Codable, Equatable {
        package enum Kind: String, Sendable, Codable {
            case prefill
            case decode
        }
        package var kind: Kind
        /// Tokens of the prompt, or drawn by each sequence.
        package var tokens: Int
        package var sequences: Int
        /// Tokens a second, one for each round.
        package var rounds: [Double]
        /// The rate at which nothing but reading the weights and keys would take time.
        package var readBound: Double
        /// The rate at which nothing but 8-bit arithmetic at its peak would take time.
        package var computeBound: Double

        package var median: Double { Repetitions.median(rounds) ?? 0 }
        /// How close to the nearer limit, 0 … 1.
        package var share: Double { median / min(readBound, computeBound) }
        package var isBoundByReading: Bool { readBound < computeBound }
    }

    package var model: String
    package var imageBytes: Int
    package var work: ModelWork
    package var limits: MachineLimits
    /// Bytes a second that all threads could read, before each round and after the last.
    package var readRates: [Double]
    package var rows: [Row]
    package var endedEarly = false
    /// Programs that ran or wanted to run in the minute before.
    package var loadBefore = 0.0

    /// Whether others kept the machine busy: then neither limits nor rates are what they would be.
    package var isDisturbed: Bool { loadBefore > 0.5 * Double(limits.threads) }

    /// Most over least of the read rate: where it is far from 1, the machine changed under the measurement.
    package var readDrift: Double {
        guard let least = readRates.min(), let most = readRates.max(), least > 0 else { return 1 }
        return most / least
    }
}

/// What `bench engine` times.
package struct EnginePlan: Sendable, Equatable {
    package var prefillTokens = [512, 2048]
    package var sequences = [1, 4, 16]
    package var decodeTokens = 64
    package var rounds = 3
    package var threads: Int

    package init(threads: Int) { self.threads = threads }
}

/// Runs an engine plan: probes the machine, then the model, round by round.
package struct EngineMeasuring {
    private let plan: EnginePlan
    private let image: PackedImage
    private let probe: MachineProbe
    private let timer: EngineTimer
    private let kvBytes: Int

    package init(plan: EnginePlan, image: PackedImage) throws {
        self.plan = plan
        self.image = image
        probe = try MachineProbe(threads: plan.threads)
        timer = try EngineTimer(image: image, threads: plan.threads)
        kvBytes = EngineCore.blockBytes(try LlamaWeights(image: image)) / BlockPool.tokensPerBlock
    }

    /// - Parameters:
    ///   - progress: told the share that is done.
    ///   - isEnded: whether to end with what there is.
    package func run(progress: (Double) -> Void, isEnded: () -> Bool) -> EngineMeasurement {
        var rows = emptyRows
        var loads = [0.0]
        _ = getloadavg(&loads, 1)
        var measurement = EngineMeasurement(
            model: image.modelName, imageBytes: image.byteCount, work: ModelWork(image: image, kvBytes: kvBytes),
            limits: probe.limits(), readRates: [], rows: [], loadBefore: loads[0])
        // The first round warms caches, and counts for nothing.
        let total = Double((plan.rounds + 1) * rows.count)
        measuring: for round in 0...plan.rounds {
            measurement.readRates.append(probe.readRate())
            for index in rows.indices {
                if isEnded() { break measuring }
                let rate = time(rows[index])
                if round > 0 { rows[index].rounds.append(rate) }
                progress(Double(round * rows.count + index + 1) / total)
            }
        }
        measurement.readRates.append(probe.readRate())
        measurement.endedEarly = isEnded()
        measurement.rows = rows.filter { !$0.rounds.isEmpty }.map { bounded($0, measurement) }
        return measurement
    }

    private var emptyRows: [EngineMeasurement.Row] {
        let prefill = plan.prefillTokens.filter { $0 < timer.contextLength }.map { ($0, 1, true) }
        let decode =
            plan.decodeTokens < timer.contextLength ? plan.sequences.map { (plan.decodeTokens, $0, false) } : []
        return (prefill + decode).map { tokens, sequences, isPrefill in
            EngineMeasurement.Row(
                kind: isPrefill ? .prefill : .decode, tokens: tokens, sequences: sequences, rounds: [], readBound: 0,
                computeBound: 0)
        }
    }

    private func time(_ row: EngineMeasurement.Row) -> Double {
        switch row.kind {
        case .prefill: timer.prefill(tokens: row.tokens)
        case .decode: timer.decode(tokens: row.tokens, sequences: row.sequences)
        }
    }

    private func bounded(_ row: EngineMeasurement.Row, _ measurement: EngineMeasurement) -> EngineMeasurement.Row {
        var row = row
        let work = measurement.work
        let read = Repetitions.median(measurement.readRates) ?? measurement.limits.readAllThreads
        switch row.kind {
        case .prefill:
            let tokens = Double(row.tokens)
            row.readBound = tokens / (Double(work.weightBytes) / read)
            row.computeBound = tokens / (work.prefillOperations(tokens: row.tokens) / measurement.limits.int8Operations)
        case .decode:
            // Contexts grow from one token to as many as are drawn.
            let context = Double(row.tokens + 1) / 2
            let sequences = Double(row.sequences)
            row.readBound = sequences * read / work.stepBytes(sequences: row.sequences, context: context)
            row.computeBound =
                sequences * measurement.limits.int8Operations
                / work.stepOperations(sequences: row.sequences, context: context)
        }
        return row
    }
}
